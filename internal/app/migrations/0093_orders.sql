-- +goose Up

-- What a sheet gives its work, in hundred-thousandths of a point of 100; 0 until it is in.
ALTER TABLE panel_assignments ADD COLUMN total BIGINT NOT NULL DEFAULT 0;

-- The order of the works of a panel as a job counted it from its marks. It is being
-- counted anew while counted differs from asked.
CREATE TABLE panel_orders (
    panel_id   BIGINT PRIMARY KEY,
    asked      BIGINT NOT NULL,
    counted    BIGINT NOT NULL,
    counted_at TIMESTAMPTZ,
    method     TEXT NOT NULL,
    seed       TEXT NOT NULL,
    tried      BIGINT NOT NULL,
    differ     BOOLEAN NOT NULL,
    severity   JSONB NOT NULL,
    works      BIGINT NOT NULL
);

-- Where each work stands in such an order; points are hundred-thousandths.
CREATE TABLE panel_places (
    panel_id   BIGINT NOT NULL,
    seat       BIGINT NOT NULL, -- in the order, from 1
    thing_id   BIGINT NOT NULL, -- what is judged
    no         BIGINT NOT NULL,
    marks      BIGINT NOT NULL,
    raw        BIGINT NOT NULL,
    corrected  BIGINT NOT NULL,
    raw_place  BIGINT NOT NULL,
    place      BIGINT NOT NULL,
    from_place BIGINT NOT NULL,
    to_place   BIGINT NOT NULL,
    stays      BIGINT NOT NULL, -- in how many of 100 other panels it is above the cut, -1 where nobody can tell
    above      BOOLEAN NOT NULL,
    PRIMARY KEY (panel_id, seat)
);

-- What the order of a round comes to for its money, beside the order of its panel.
CREATE TABLE round_orders (
    panel_id  BIGINT PRIMARY KEY,
    sum       BIGINT NOT NULL, -- tiyn that there was to give
    threshold BIGINT NOT NULL,
    wins      BIGINT NOT NULL, -- how many one organization may win, 0 is no bound
    within    BIGINT NOT NULL, -- how many the money covers
    granted   BIGINT NOT NULL, -- tiyn
    districts BIGINT NOT NULL, -- percent of them
    reached   BIGINT NOT NULL  -- the seat as far as it was shared out
);
