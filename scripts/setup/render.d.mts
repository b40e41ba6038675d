export function renderConf(
  conf: string,
  places: {
    workspace: string;
    scripts: string;
    /** The folder of the configs to include. */
    ownServices: string;
    socket: string;
    pidfile: string;
    /** Null leaves the HTTP listener out. */
    inetPort: number | null;
    isRoot: boolean;
  },
): string;

export function isPlainPath(path: string): boolean;
