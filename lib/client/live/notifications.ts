import { createSignal } from "./signals";

/** Why there are none: asked here, a browser gives nothing, gave a no, gave no answer, or has none to give. */
export type NotifyProblem = "insecure" | "denied" | "unanswered" | "unsupported";

type Notice = {
  title: string;
  text: string;
  /** One that is about the same takes its place, also that of another tab. */
  about: string;
  onClick?: () => void;
};

const STORAGE_KEY = "controlpilot.notify";

/** Whether this browser was asked to notify, and may. */
export const notifying = createSignal(mayNotify());

export function mayNotify(): boolean {
  return (
    typeof Notification !== "undefined" &&
    Notification.permission === "granted" &&
    localStorage.getItem(STORAGE_KEY) === "on"
  );
}

/** Keeps `notifying` right whatever other tabs and the browser's own settings do. Returns how to stop. */
export function followOtherTabs(): () => void {
  const look = () => notifying.set(mayNotify());
  look();
  window.addEventListener("storage", look);
  return () => window.removeEventListener("storage", look);
}

/** Asks the browser, where it has not been asked yet, and shows how a notification looks. */
export async function turnOn(): Promise<NotifyProblem | null> {
  if (!window.isSecureContext) return "insecure";
  if (typeof Notification === "undefined") return "unsupported";
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return permission === "denied" ? "denied" : "unanswered";
  try {
    notifyOutside({
      title: "ControlPilot notifies you",
      text: "This is how it tells that a service failed or that an update ended.",
      about: "itself",
    });
  } catch {
    // Chrome on Android has the class, and forbids to use it.
    return "unsupported";
  }
  localStorage.setItem(STORAGE_KEY, "on");
  notifying.set(mayNotify());
  return null;
}

export function turnOff() {
  localStorage.removeItem(STORAGE_KEY);
  notifying.set(mayNotify());
}

export function notifyOutside({ title, text, about, onClick }: Notice) {
  const notification = new Notification(title, { body: text, tag: `controlpilot ${about}` });
  notification.addEventListener("click", () => {
    window.focus();
    notification.close();
    onClick?.();
  });
}
