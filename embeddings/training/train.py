"""Trains the reader: `python -m embeddings.training.train --data FOLDER`; goes on where it stopped."""

import argparse
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from embeddings.bundled import model_folder
from embeddings.training.data import PAD, SEED, SEP, Window, Windows, batches, training_questions
from embeddings.training.model import Reader

RATE = 1.5e-4
OUTPUT_RATE = 5 * RATE  # the outputs start from nothing
WARM_UP = 0.06
CHECKPOINT_SECONDS = 240.0


def tensors(batch: list[Window]) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Tokens, attention, places where an answer may stand, starts and ends of a batch, padded."""
    length = max(len(window.tokens) for window in batch)
    tokens = torch.full((len(batch), length), PAD)
    passage = torch.zeros(len(batch), length, dtype=torch.bool)
    for row, window in enumerate(batch):
        tokens[row, : len(window.tokens)] = torch.tensor(window.tokens)
        passage[row, window.tokens.index(SEP) + 2 : len(window.tokens) - 1] = True
    starts = torch.tensor([window.start for window in batch])
    ends = torch.tensor([window.end for window in batch])
    return tokens, tokens != PAD, passage, starts, ends


class Training:
    """Model, optimiser and place in the data; everything that a checkpoint holds."""

    def __init__(self, folder: Path, out: Path, windows: Windows, tokens: int) -> None:
        torch.manual_seed(SEED)
        self.reader = Reader(folder)
        self._out, self._windows, self._tokens = out, windows, tokens
        body = [p for p in self.reader.bert.parameters() if p.requires_grad]
        groups = [
            {"params": [p for p in body if p.ndim > 1], "weight_decay": 0.01},
            {"params": [p for p in body if p.ndim == 1], "weight_decay": 0.0},
            {"params": list(self.reader.outputs.parameters()), "weight_decay": 0.0, "rate": OUTPUT_RATE},
        ]
        self._optimiser = torch.optim.AdamW(groups, lr=RATE, fused=True)
        self.step = self.epoch = self.batch = 0
        self.seconds = 0.0

    def run(self, steps: int, seconds: float) -> None:
        """Trains for `steps` steps or `seconds` of computing, whichever is sooner; the rate falls towards that end."""
        saved = self.seconds
        loss_sum, counted = 0.0, 0
        while True:
            epoch = batches(self._windows.epoch(self.epoch), self._tokens)
            while self.batch < len(epoch):
                progress = max(self.step / steps, self.seconds / seconds)
                if progress >= 1:
                    return
                began = time.monotonic()
                loss_sum += self._learn(epoch[self.batch], progress)
                counted += 1
                self.step += 1
                self.batch += 1
                self.seconds += time.monotonic() - began
                if self.step % 20 == 0:
                    print(
                        f"step {self.step} epoch {self.epoch} batch {self.batch}/{len(epoch)} "
                        f"loss {loss_sum / counted:.3f} progress {progress:.3f} seconds {self.seconds:.0f}",
                        flush=True,
                    )
                    loss_sum, counted = 0.0, 0
                if self.seconds - saved > CHECKPOINT_SECONDS:
                    self.save()
                    saved = self.seconds
            self.epoch, self.batch = self.epoch + 1, 0

    def _learn(self, batch: list[Window], progress: float) -> float:
        rate = min(progress / WARM_UP, (1 - progress) / (1 - WARM_UP)) + 1e-3
        for group in self._optimiser.param_groups:
            group["lr"] = group.get("rate", RATE) * rate
        tokens, attention, passage, starts, ends = tensors(batch)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            start, end = self.reader(tokens, attention, passage)
        loss = (nn.functional.cross_entropy(start, starts) + nn.functional.cross_entropy(end, ends)) / 2
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_([p for p in self.reader.parameters() if p.requires_grad], 1.0)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        return loss.item()

    def save(self) -> None:
        """Writes the checkpoint aside and renames it, so that a stop leaves a whole one."""
        aside = self._out / "checkpoint.new"
        place = {"step": self.step, "epoch": self.epoch, "batch": self.batch, "seconds": self.seconds}
        trained = {name: p for name, p in self.reader.named_parameters() if p.requires_grad}
        torch.save({"place": place, "trained": trained, "optimiser": self._optimiser.state_dict()}, aside)
        aside.rename(self._out / "checkpoint.pt")

    def resume(self) -> None:
        """Goes on from the checkpoint, if there is one."""
        path = self._out / "checkpoint.pt"
        if path.exists():
            state = torch.load(path, weights_only=True)
            self.reader.load_state_dict(state["trained"], strict=False)
            self._optimiser.load_state_dict(state["optimiser"])
            for name, value in state["place"].items():
                setattr(self, name, value)
            print(f"resumed at step {self.step}", flush=True)


def main() -> None:
    """Entry of `python -m embeddings.training.train`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public question sets")
    parser.add_argument(
        "--out", type=Path, default=Path(".ganwen/training"), help="folder of the checkpoints"
    )
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--minutes", type=float, default=1e6, help="end sooner, after so much computing")
    parser.add_argument("--tokens", type=int, default=16 * 224, help="tokens a batch, padding included")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    arguments.out.mkdir(parents=True, exist_ok=True)
    folder = model_folder()
    windows = Windows(training_questions(arguments.data), Tokenizer.from_file(str(folder / "tokenizer.json")))
    training = Training(folder, arguments.out, windows, arguments.tokens)
    training.resume()
    training.run(arguments.steps, arguments.minutes * 60)
    training.save()
    print(f"done after {training.step} steps, {training.seconds:.0f} seconds", flush=True)


if __name__ == "__main__":
    main()
