-- +goose Up

-- The pool: who may be drawn to judge. Nothing of it is public.
CREATE TABLE panel_experts (
    id          BIGINT PRIMARY KEY,
    version     BIGINT NOT NULL,
    person_id   BIGINT,
    place_id    BIGINT,
    employer_id BIGINT,
    spheres     JSONB NOT NULL,
    langs       JSONB NOT NULL,
    most        BIGINT NOT NULL,
    paused_on   DATE,
    joined_on   DATE NOT NULL,
    sample      BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX panel_experts_person ON panel_experts (person_id) WHERE person_id IS NOT NULL;

-- An expert has a tie to an organization, by the expert's own word.
CREATE TABLE panel_conflicts (
    id          BIGINT PRIMARY KEY,
    version     BIGINT NOT NULL,
    expert_id   BIGINT NOT NULL,
    org_id      BIGINT NOT NULL,
    ground      TEXT NOT NULL,
    declared_at TIMESTAMPTZ NOT NULL,
    ended_at    TIMESTAMPTZ
);
CREATE UNIQUE INDEX panel_conflicts_one ON panel_conflicts (expert_id, org_id) WHERE ended_at IS NULL;

CREATE TABLE panels (
    id            BIGINT PRIMARY KEY,
    version       BIGINT NOT NULL,
    subject       JSONB NOT NULL,
    subject_kind  TEXT NOT NULL,
    subject_id    BIGINT NOT NULL,
    title         JSONB NOT NULL,
    funder_id     BIGINT NOT NULL,
    place_id      BIGINT,
    criteria      JSONB NOT NULL,
    per_work      BIGINT NOT NULL,
    spread        BIGINT NOT NULL,
    blind         BOOLEAN NOT NULL,
    names         TEXT NOT NULL,
    due           DATE NOT NULL,
    norms_on      DATE,
    opened_at     TIMESTAMPTZ NOT NULL,
    lot           JSONB NOT NULL,
    revealed_at   TIMESTAMPTZ,
    reveal_note   JSONB NOT NULL,
    decided_at    TIMESTAMPTZ,
    cancelled_at  TIMESTAMPTZ,
    cancel_reason JSONB NOT NULL,
    sample        BOOLEAN NOT NULL
);
CREATE INDEX panels_subject ON panels (subject_kind, subject_id);
CREATE INDEX panels_funder ON panels (funder_id, id);
CREATE INDEX panels_place ON panels (place_id, id);

-- What a panel judges.
CREATE TABLE panel_works (
    id           BIGINT PRIMARY KEY,
    version      BIGINT NOT NULL,
    panel_id     BIGINT NOT NULL,
    no           BIGINT NOT NULL,
    ref          JSONB NOT NULL,
    ref_kind     TEXT NOT NULL,
    ref_id       BIGINT NOT NULL,
    orgs         JSONB NOT NULL,
    spheres      JSONB NOT NULL,
    langs        JSONB NOT NULL,
    added_at     TIMESTAMPTZ NOT NULL,
    withdrawn_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX panel_works_no ON panel_works (panel_id, no);
CREATE UNIQUE INDEX panel_works_ref ON panel_works (panel_id, ref_kind, ref_id);

-- Which number an expert has in a panel.
CREATE TABLE panel_seats (
    id        BIGINT PRIMARY KEY,
    version   BIGINT NOT NULL,
    panel_id  BIGINT NOT NULL,
    expert_id BIGINT NOT NULL,
    no        BIGINT NOT NULL,
    joined_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX panel_seats_no ON panel_seats (panel_id, no);
CREATE UNIQUE INDEX panel_seats_expert ON panel_seats (panel_id, expert_id);
CREATE INDEX panel_seats_of ON panel_seats (expert_id);

-- The frozen lists of a draw with their salt, and what happened in it.
CREATE TABLE panel_draws (
    id       BIGINT PRIMARY KEY,
    version  BIGINT NOT NULL,
    panel_id BIGINT NOT NULL UNIQUE,
    salt     TEXT NOT NULL,
    lists    JSONB NOT NULL
);
CREATE TABLE panel_steps (
    id       BIGINT PRIMARY KEY,
    version  BIGINT NOT NULL,
    panel_id BIGINT NOT NULL,
    no       BIGINT NOT NULL,
    at       TIMESTAMPTZ NOT NULL,
    step     JSONB NOT NULL
);
CREATE UNIQUE INDEX panel_steps_no ON panel_steps (panel_id, no);

-- An expert reads a work and marks it.
CREATE TABLE panel_assignments (
    id           BIGINT PRIMARY KEY,
    version      BIGINT NOT NULL,
    panel_id     BIGINT NOT NULL,
    work_id      BIGINT NOT NULL,
    seat_id      BIGINT NOT NULL,
    expert_id    BIGINT NOT NULL,
    outside      BOOLEAN NOT NULL,
    why          TEXT NOT NULL,
    drawn_at     TIMESTAMPTZ NOT NULL,
    due          DATE NOT NULL,
    declared_at  TIMESTAMPTZ,
    submitted_at TIMESTAMPTZ,
    scores       JSONB NOT NULL,
    left_at      TIMESTAMPTZ,
    left_why     TEXT NOT NULL,
    left_note    TEXT NOT NULL
);
CREATE UNIQUE INDEX panel_assignments_one ON panel_assignments (work_id, expert_id);
CREATE INDEX panel_assignments_panel ON panel_assignments (panel_id, work_id);
CREATE INDEX panel_assignments_expert ON panel_assignments (expert_id, panel_id);

-- Marks that an expert is still writing: private and outside the journal.
CREATE TABLE panel_drafts (
    assignment_id BIGINT NOT NULL,
    code          TEXT NOT NULL,
    points        BIGINT NOT NULL,
    comment       TEXT NOT NULL,
    saved_at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (assignment_id, code)
);
