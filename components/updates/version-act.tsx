import { Button } from "@/components/ui/button";

type VersionActProps = { verb: string; object: string; onClick: () => void };

/** What can be done about a version. */
export function VersionAct({ verb, object, onClick }: VersionActProps) {
  return (
    <Button size="small" aria-label={`${verb} ${object}`} onClick={onClick}>
      {verb}
    </Button>
  );
}
