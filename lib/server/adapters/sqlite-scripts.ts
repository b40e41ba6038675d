/** A database that a service is writing to comes free in this time, or not at all. */
const BUSY_SECONDS = 30;

const PRELUDE = `
import json, os, pathlib, sqlite3, sys, time

def connect(path, mode):
    uri = pathlib.Path(path).absolute().as_uri() + "?mode=" + mode
    return sqlite3.connect(uri, uri=True, timeout=${BUSY_SECONDS})
`;

/** Python: copies the database argv[1] to argv[2], all of it or nothing. */
export const COPY_DATABASE = `${PRELUDE}
source, target = sys.argv[1:]
draft = target + ".tmp"

def copy(mode):
    give_up_at = time.monotonic() + ${BUSY_SECONDS}
    def progress(status, remaining, total):
        if status != sqlite3.SQLITE_DONE and time.monotonic() > give_up_at:
            raise sqlite3.OperationalError("database is locked")
    reader = connect(source, mode)
    try:
        writer = sqlite3.connect(draft)
        try:
            reader.backup(writer, progress=progress)
        finally:
            writer.close()
    finally:
        reader.close()

def discard():
    for suffix in ("", "-journal", "-wal", "-shm"):
        pathlib.Path(draft + suffix).unlink(missing_ok=True)

try:
    discard()
    try:
        copy("ro")
    except sqlite3.OperationalError as error:
        # Who wrote to it last was killed in the middle: what it had begun must be taken back first.
        if "readonly" not in str(error):
            raise
        discard()
        copy("rw")
    with open(draft, "rb") as written:
        os.fsync(written.fileno())
    os.replace(draft, target)
except (sqlite3.Error, OSError) as error:
    discard()
    sys.exit(f"error: {error}")
`;

/** Python: prints the highest number in the table of migrations of argv[1] as JSON. */
export const READ_SCHEMA_VERSION = `${PRELUDE}
try:
    database = connect(sys.argv[1], "ro")
    print(json.dumps(database.execute("SELECT MAX(version) FROM migrations").fetchone()[0]))
except sqlite3.Error as error:
    if isinstance(error, sqlite3.OperationalError) and "no such" not in str(error):
        sys.exit(f"error: {error}")
    print("null")
`;
