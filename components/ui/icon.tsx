import type { IconNode } from "lucide";
import { type ComponentProps, createElement } from "react";

/**
 * An icon of lucide's for what is drawn first. The components of lucide-react bring a kilobyte of code with
 * them, on the server too; everything else takes them, and loads that once it is shown.
 */
export function icon(node: IconNode) {
  const strokes = node.map(([tag, attributes], index) =>
    createElement(tag, { ...attributes, key: index }),
  );
  return function Icon(props: ComponentProps<"svg">) {
    return (
      <svg
        width="24"
        height="24"
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        {...props}
      >
        {strokes}
      </svg>
    );
  };
}
