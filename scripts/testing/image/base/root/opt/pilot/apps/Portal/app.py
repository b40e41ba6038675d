raise SystemExit("The old portal runs.")
