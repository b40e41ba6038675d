"use client";

import { type ComponentType, useEffect, useState } from "react";

/**
 * A component whose code is loaded when it is first shown. If that fails, because ControlPilot is
 * away, nothing is shown and the next time tries again; an error would take the page down with it.
 */
export function lazily<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  let loaded: ComponentType<Props> | null = null;

  return function Lazily(props: Props) {
    const [Component, setComponent] = useState(() => loaded);

    useEffect(() => {
      if (loaded === null) load().then(show, () => {});

      function show(component: ComponentType<Props>) {
        loaded = component;
        setComponent(() => component);
      }
    }, []);

    return Component === null ? null : <Component {...props} />;
  };
}
