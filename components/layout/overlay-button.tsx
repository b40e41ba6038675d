"use client";

import type { ReactNode } from "react";
import { type Overlay, useOpenOverlay } from "./overlays";

type OverlayButtonProps = { overlay: Overlay; className: string; children: ReactNode };

export function OverlayButton({ overlay, ...props }: OverlayButtonProps) {
  const openOverlay = useOpenOverlay();
  return <button type="button" onClick={() => openOverlay(overlay)} {...props} />;
}
