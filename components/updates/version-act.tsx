import { ActButton } from "@/components/access/act-button";
import { Button } from "@/components/ui/button";

type VersionActProps = {
  verb: string;
  object: string;
  /** Nothing comes of it but a look at something. */
  looks?: boolean;
  onClick: () => void;
};

/** What can be done about a version. */
export function VersionAct({ verb, object, looks = false, onClick }: VersionActProps) {
  const Act = looks ? Button : ActButton;
  return (
    <Act size="small" aria-label={`${verb} ${object}`} onClick={onClick}>
      {verb}
    </Act>
  );
}
