-- +goose Up

-- Commissions, juries and councils of organizations.
CREATE TABLE panel_bodies (
    id       BIGINT PRIMARY KEY,
    version  BIGINT NOT NULL,
    owner    JSONB NOT NULL,
    owner_id BIGINT NOT NULL,
    place_id BIGINT,
    kind     TEXT NOT NULL,
    name     JSONB NOT NULL,
    about    JSONB NOT NULL,
    rules    JSONB NOT NULL,
    set_up   DATE NOT NULL,
    closed   DATE,
    sample   BOOLEAN NOT NULL
);
CREATE INDEX panel_bodies_owner ON panel_bodies (owner_id, id);
CREATE INDEX panel_bodies_place ON panel_bodies (place_id, id);

-- Who sits in a body, for which term. Never public with a person.
CREATE TABLE panel_members (
    id        BIGINT PRIMARY KEY,
    version   BIGINT NOT NULL,
    body_id   BIGINT NOT NULL,
    no        BIGINT NOT NULL,
    person_id BIGINT,
    org_id    BIGINT,
    post      JSONB NOT NULL,
    duty      TEXT NOT NULL,
    votes     BOOLEAN NOT NULL,
    since     DATE NOT NULL,
    until     DATE
);
CREATE UNIQUE INDEX panel_members_no ON panel_members (body_id, no);
CREATE INDEX panel_members_person ON panel_members (person_id);
CREATE INDEX panel_members_org ON panel_members (org_id);

CREATE TABLE panel_meetings (
    id            BIGINT PRIMARY KEY,
    version       BIGINT NOT NULL,
    body_id       BIGINT NOT NULL,
    no            BIGINT NOT NULL,
    body_name     JSONB NOT NULL,
    starts_at     TIMESTAMPTZ NOT NULL,
    place         JSONB NOT NULL,
    link          TEXT NOT NULL,
    rules         JSONB NOT NULL,
    norms_on      DATE NOT NULL,
    invited_at    TIMESTAMPTZ,
    opened_at     TIMESTAMPTZ,
    closed_at     TIMESTAMPTZ,
    cancelled_at  TIMESTAMPTZ,
    cancel_reason JSONB NOT NULL,
    minutes       JSONB NOT NULL,
    signed        BOOLEAN NOT NULL,
    sample        BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX panel_meetings_no ON panel_meetings (body_id, no);
CREATE INDEX panel_meetings_live ON panel_meetings (body_id) WHERE cancelled_at IS NULL AND NOT signed;

-- The agenda. A roll is frozen when its item is closed; it names members by number.
CREATE TABLE panel_items (
    id           BIGINT PRIMARY KEY,
    version      BIGINT NOT NULL,
    meeting_id   BIGINT NOT NULL,
    no           BIGINT NOT NULL,
    subject      JSONB NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id   BIGINT,
    title        JSONB NOT NULL,
    proposal     JSONB NOT NULL,
    motion       JSONB NOT NULL,
    departure    JSONB NOT NULL,
    orgs         JSONB NOT NULL,
    opened_at    TIMESTAMPTZ,
    closed_at    TIMESTAMPTZ,
    result       TEXT NOT NULL,
    tally        JSONB NOT NULL,
    roll         JSONB NOT NULL,
    reason       JSONB NOT NULL,
    heard        JSONB NOT NULL,
    from_id      BIGINT,
    carried_to   BIGINT,
    shown        BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX panel_items_no ON panel_items (meeting_id, no);
CREATE UNIQUE INDEX panel_items_running ON panel_items (meeting_id) WHERE opened_at IS NOT NULL AND closed_at IS NULL;
CREATE INDEX panel_items_subject ON panel_items (subject_kind, subject_id, id);

-- From when to when a member was at a meeting.
CREATE TABLE panel_presences (
    id         BIGINT PRIMARY KEY,
    version    BIGINT NOT NULL,
    meeting_id BIGINT NOT NULL,
    member_id  BIGINT NOT NULL,
    came       TIMESTAMPTZ NOT NULL,
    gone       TIMESTAMPTZ,
    remote     BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX panel_presences_now ON panel_presences (meeting_id, member_id) WHERE gone IS NULL;
CREATE INDEX panel_presences_member ON panel_presences (member_id);

CREATE TABLE panel_recusals (
    id          BIGINT PRIMARY KEY,
    version     BIGINT NOT NULL,
    meeting_id  BIGINT NOT NULL,
    item_id     BIGINT NOT NULL,
    member_id   BIGINT NOT NULL,
    reason      TEXT NOT NULL,
    found       BOOLEAN NOT NULL,
    declared_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX panel_recusals_one ON panel_recusals (item_id, member_id);
CREATE INDEX panel_recusals_meeting ON panel_recusals (meeting_id);
CREATE INDEX panel_recusals_member ON panel_recusals (member_id);

CREATE TABLE panel_votes (
    id         BIGINT PRIMARY KEY,
    version    BIGINT NOT NULL,
    meeting_id BIGINT NOT NULL,
    item_id    BIGINT NOT NULL,
    member_id  BIGINT NOT NULL,
    choice     TEXT NOT NULL,
    by_hand    BOOLEAN NOT NULL,
    cast_at    TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX panel_votes_one ON panel_votes (item_id, member_id);
CREATE INDEX panel_votes_member ON panel_votes (member_id);
