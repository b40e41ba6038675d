import type { Metadata } from "next";
import { ServicesScreen } from "@/components/services/services-screen";
import { Skeleton } from "@/components/services/skeleton";

export const metadata: Metadata = { title: "Services · ControlPilot" };

export default function ServicesPage() {
  return <ServicesScreen skeleton={<Skeleton />} />;
}
