-- Run on each new connection, so it must be quick where all is there, and safe when two run at once.
BEGIN;
SELECT pg_advisory_xact_lock(7031);
CREATE TABLE IF NOT EXISTS stock (
    sku       text COLLATE "C" PRIMARY KEY,
    quantity  bigint NOT NULL,
    warehouse text NOT NULL
);
CREATE TABLE IF NOT EXISTS movements (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sku    text NOT NULL,
    change bigint NOT NULL
);
COMMIT;
