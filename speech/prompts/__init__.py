"""The shipped prompts: `texts.yaml` says what, `zh/` and `en/` hold the audio (raw A-law)."""

from speech.prompts.lay import lay_out, wav_of
from speech.prompts.texts import path_of, prompt_names, prompt_order, text_of

__all__ = ["lay_out", "path_of", "prompt_names", "prompt_order", "text_of", "wav_of"]
