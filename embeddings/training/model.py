"""The reader as a torch module: the bundled model with three outputs a token."""

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertModel

# The lowest layers stay as they are: a step costs a third less, and they need not be shipped.
FROZEN_LAYERS = 4
OUTPUTS = 3  # start, end, and on the first token: no answer


class Reader(nn.Module):
    """Tokens in, scores of start and end out, in which place 0 stands for "no answer"."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.bert = BertModel.from_pretrained(
            folder,
            add_pooling_layer=False,
            attn_implementation="sdpa",
            attention_probs_dropout_prob=0.0,
            hidden_dropout_prob=0.0,
        )
        self.outputs = nn.Linear(self.bert.config.hidden_size, OUTPUTS)
        nn.init.normal_(self.outputs.weight, std=0.02)
        nn.init.zeros_(self.outputs.bias)
        for parameter in self.bert.embeddings.parameters():
            parameter.requires_grad = False
        for layer in self.bert.encoder.layer[:FROZEN_LAYERS]:
            layer.requires_grad_(False)

    def forward(self, tokens: Tensor, attention: Tensor, passage: Tensor) -> tuple[Tensor, Tensor]:
        """Scores (batch, length) of start and end; `passage` is true where an answer may stand."""
        mask = torch.zeros(attention.shape, dtype=torch.bfloat16).masked_fill(~attention, -1e4)
        mask = mask[:, None, None, :].expand(-1, 1, attention.shape[1], -1)
        with torch.no_grad():
            hidden = self.bert.embeddings(input_ids=tokens)
            for layer in self.bert.encoder.layer[:FROZEN_LAYERS]:
                hidden = _first(layer(hidden, attention_mask=mask))
        for layer in self.bert.encoder.layer[FROZEN_LAYERS:]:
            hidden = _first(layer(hidden, attention_mask=mask))
        scores = self.outputs(hidden).float()
        none = scores[:, :1, 2]
        start = scores[:, :, 0].masked_fill(~passage, -1e4)
        end = scores[:, :, 1].masked_fill(~passage, -1e4)
        return torch.cat([none, start[:, 1:]], 1), torch.cat([none, end[:, 1:]], 1)


def _first(output: Tensor | tuple[Tensor, ...]) -> Tensor:
    return output[0] if isinstance(output, tuple) else output
