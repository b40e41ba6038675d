import { X } from "lucide-react";
import { IconButton } from "@/components/ui/button";

export function HideButton({ onHide }: { onHide: () => void }) {
  return (
    <IconButton label="Hide until it changes" onClick={onHide}>
      <X strokeWidth={1.75} aria-hidden="true" />
    </IconButton>
  );
}
