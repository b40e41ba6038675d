"use client";

import { X } from "lucide-react";
import { IconButton } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogClose } from "@/components/ui/dialog-frame";
import { Kbd } from "@/components/ui/tag";

const groups: { title: string; keys: [string, ...string[]][] }[] = [
  {
    title: "Everywhere",
    keys: [
      ["This sheet", "?"],
      ["Filter services", "/"],
      ["Close, clear", "Esc"],
    ],
  },
  {
    title: "A service",
    keys: [
      ["Next, previous", "j", "k"],
      ["Open details", "Enter"],
      ["Select", "x"],
      ["Log", "l"],
      ["Open in a new tab", "o"],
    ],
  },
  {
    title: "A log",
    keys: [
      ["Find", "/"],
      ["Next, previous match", "n", "N"],
      ["Beginning, end", "g", "G"],
      ["Follow, pause", "f"],
      ["Next, previous line", "j", "k"],
      ["Copy the line's link", "y"],
      ["Wrap lines", "w"],
      ["Times", "t"],
    ],
  },
];

export function ShortcutsSheet({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard" onClose={onClose} className="max-w-[560px]">
      <DialogClose asChild>
        <IconButton label="Close" className="absolute top-3 right-3">
          <X aria-hidden="true" />
        </IconButton>
      </DialogClose>
      <div className="shortcut-columns">
        {groups.map(({ title, keys }) => (
          <section key={title}>
            <h3>{title}</h3>
            <ul>
              {keys.map(([what, ...caps]) => (
                <li key={what}>
                  <span className="mr-auto">{what}</span>
                  {caps.map((cap) => (
                    <Kbd key={cap}>{cap}</Kbd>
                  ))}
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <p className="second-line">Nothing that stops or restarts a service has a key.</p>
    </Dialog>
  );
}
