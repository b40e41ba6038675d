import { Lamp } from "@/components/services/lamp";
import type { Service } from "@/lib/contract/services";

export function ServiceSign({ service }: { service: Service | undefined }) {
  return service ? <Lamp service={service} /> : null;
}
