import type { Metadata } from "next";
import { SettingsScreen } from "@/components/access/settings-screen";

export const metadata: Metadata = { title: "Settings · ControlPilot" };

export default function SettingsPage() {
  return <SettingsScreen />;
}
