# ComfyUI
