"use client";

import { type ComponentType, useEffect, useState } from "react";
import { tellLost } from "./error-lost";

/**
 * A component whose code is loaded when it is first shown. Until then, and where that fails, stands
 * `Meanwhile` or nothing; an error would take the page down with it.
 */
export function lazily<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  Meanwhile?: ComponentType<Props>,
) {
  let loaded: ComponentType<Props> | null = null;

  return function Lazily(props: Props) {
    const [Component, setComponent] = useState(() => loaded);

    useEffect(() => {
      if (loaded === null) load().then(show, () => tellLost());

      function show(component: ComponentType<Props>) {
        loaded = component;
        setComponent(() => component);
      }
    }, []);

    const Shown = Component ?? Meanwhile;
    return Shown === undefined ? null : <Shown {...props} />;
  };
}
