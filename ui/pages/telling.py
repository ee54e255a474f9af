"""Numbers as the pages write them."""


def show_number(value: float) -> str:
    """With one place below ten, else whole, thousands apart: 0.4, 25, 1,200."""
    return f"{value:,.1f}" if value < 10 else f"{value:,.0f}"


def show_seconds(seconds: float) -> str:
    """Minutes and seconds, with hours where there are any: 0:07, 1:02:30."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
