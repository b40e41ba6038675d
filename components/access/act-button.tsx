import { Button, type ButtonProps } from "@/components/ui/button";
import { useMay } from "@/lib/client/session";

/** A button that changes something: dimmed, with the reason, for whoever may only look. */
export function ActButton({ title, onClick, ...props }: ButtonProps) {
  const may = useMay();
  return (
    <Button
      title={may.why ?? title}
      aria-disabled={!may.act || undefined}
      onClick={may.act ? onClick : undefined}
      {...props}
    />
  );
}
