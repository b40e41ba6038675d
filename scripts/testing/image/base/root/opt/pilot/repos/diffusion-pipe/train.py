# diffusion-pipe
