import type { Metadata } from "next";
import { SignInScreen } from "@/components/access/sign-in-screen";

export const metadata: Metadata = { title: "Sign in · ControlPilot" };

export default function SignInPage() {
  return <SignInScreen />;
}
