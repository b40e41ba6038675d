import { MapPinOff } from "@/components/layout/icons";
import { buttonClass } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";

export default function NotFound() {
  return (
    <>
      <header className="top">
        <h1>Not found</h1>
      </header>
      <div className="content">
        <Empty
          icon={MapPinOff}
          title="There is no page at this address"
          className="card"
          actions={
            <a href="/" className={buttonClass()}>
              Services
            </a>
          }
        >
          It may have moved, or the link was cut short.
        </Empty>
      </div>
    </>
  );
}
