# Kohya
