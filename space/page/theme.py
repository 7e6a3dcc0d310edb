"""How the page looks: a calm theme, one accent colour, fonts of the visitor's own system."""

from __future__ import annotations

import gradio as gr

_FONTS = (
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "Roboto",
    "Noto Sans",
    "Noto Sans KR",
    "sans-serif",
)

THEME = gr.themes.Base(
    primary_hue="indigo",
    neutral_hue="zinc",
    radius_size="lg",
    font=[gr.themes.Font(name) for name in _FONTS],
    font_mono=[gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")],
).set(
    # Gradio's own grey for hints is too pale to read.
    block_info_text_color="*neutral_600",
    block_info_text_color_dark="*neutral_300",
    button_primary_background_fill="*primary_600",
    button_primary_background_fill_hover="*primary_700",
    button_primary_text_color="white",
)

SELECT_ON_FOCUS = """() => document.addEventListener("focusin", ({target}) => {
  if (target.matches("#user input, #facts input")) setTimeout(() => target.select());
})"""
"""What is typed into a dropdown takes the place of what is chosen; gradio would add it behind."""

CSS = """
.gradio-container { max-width: 1180px !important; margin: 0 auto !important; }
.status { border: 1px solid var(--border-color-primary); border-radius: 12px; padding: 14px 18px; }
.status.failed { border-color: #b91c1c; }
.status pre { white-space: pre-wrap; font-size: 0.85em; margin: 8px 0 0; }
.status progress { appearance: none; width: 100%; height: 10px; margin: 8px 0 6px; border: 0; }
.status progress::-webkit-progress-bar { background: var(--neutral-200); border-radius: 5px; }
.status progress::-webkit-progress-value { background: var(--primary-600); border-radius: 5px; }
.status progress::-moz-progress-bar { background: var(--primary-600); border-radius: 5px; }
.profile { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 10px;
  margin: 0; }
.profile div { border: 1px solid var(--border-color-primary); border-radius: 10px; padding: 8px 12px; }
.profile dt { font-size: 0.8em; color: var(--block-info-text-color); }
.profile dd { margin: 0; font-weight: 600; }
#recommended *, #liked * { font-family: var(--font) !important; }
.note { font-size: 0.9em; }
"""
