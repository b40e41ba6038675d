import type { Metadata } from "next";
import { UpdatesScreen } from "@/components/updates/updates-screen";

export const metadata: Metadata = { title: "Updates · ControlPilot" };

export default function UpdatesPage() {
  return <UpdatesScreen />;
}
