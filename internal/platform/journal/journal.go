// Package journal keeps one entry for every change, written in the change's own
// transaction: who did what to which thing, before and after.
//
// One sealer chains the committed entries into a table of its own, so writers
// never wait for each other and an entry is never updated. The chain seals only
// the salted hash of an entry's body, which lies beside it, so that a body can
// be removed for a person or by a court while the chain stays whole. The sealed
// entries in their order are the feed that moves search, caches and notices; the
// public ones are the timeline of every page.
package journal

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// Thing is what an entry tells about: a row with all its fields as JSON.
type Thing interface {
	Ref() ref.Ref
	// JournalVersion is the version of the row that this value is: 1 when it is
	// made, one more at each change.
	JournalVersion() int64
}

// Part is a thing that belongs to another one's page: an event of a project.
type Part interface{ Root() ref.Ref }

// Published is a thing that strangers may see; others stay out of timelines and feeds.
type Published interface{ Public() bool }

// Entry is one change.
type Entry struct {
	ID      ref.ID
	At      db.Time
	Act     string
	Actor   ref.ID // 0 when the portal itself acted
	System  string // the part of the portal that acted
	Behalf  ref.ID
	As      access.Grant // in which role, for what
	Thing   ref.Ref
	Version int64
	Root    ref.Ref // kind and id only: the thing on whose page the change is told
	Public  bool
	Gone    bool // the thing is not there any more
	// Seq is the place in the chain, 0 while the entry waits for the sealer.
	Seq int64
	// Body is filled by the queries that say so; it stays empty where it was Erased.
	Body   Body
	Erased bool

	bodyHash []byte
}

// Body is what changed: the whole thing afterwards and the fields that differed before.
type Body struct {
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
}

// Pair is a thing before and after a change.
type Pair struct{ Before, After Thing }

// Record writes the entry of one change in the change's own transaction. before
// is nil when a thing is made, after is nil when it goes.
func Record(ctx context.Context, tx *db.Tx, by access.Actor, act string, before, after Thing) error {
	return RecordMany(ctx, tx, by, act, []Pair{{before, after}})
}

// RecordMany is Record for many changes by one act, as an import makes them.
func RecordMany(ctx context.Context, tx *db.Tx, by access.Actor, act string, changes []Pair) error {
	entries, bodies, waiting := make([][]any, len(changes)), make([][]any, len(changes)), make([][]any, len(changes))
	for i, c := range changes {
		e, err := entryOf(tx, by, act, c.Before, c.After)
		if err != nil {
			return err
		}
		body, err := json.Marshal(e.Body)
		if err != nil {
			return fmt.Errorf("journal: %w", err)
		}
		salt := make([]byte, 16)
		_, _ = rand.Read(salt)
		entries[i] = []any{
			e.ID, e.At, e.Act, e.Actor, e.System, e.Behalf, string(e.As.Role), e.As.Scope, e.Thing.Kind, e.Thing.ID, e.Version,
			e.Root.Kind, e.Root.ID, e.Thing.Title, e.Thing.Path, e.Public, e.Gone, bodyHash(salt, body),
		}
		bodies[i] = []any{e.ID, salt, string(body)}
		waiting[i] = []any{e.ID}
	}
	if err := db.InsertMany(ctx, tx, `INSERT INTO journal_entries
		(id, at, act, actor_id, actor_system, on_behalf, as_role, as_scope, kind, thing_id, version,
		 root_kind, root_id, title, path, public, gone, body_hash)`, entries); err != nil {
		return err
	}
	if err := db.InsertMany(ctx, tx, `INSERT INTO journal_bodies (entry_id, salt, body)`, bodies); err != nil {
		return err
	}
	return db.InsertMany(ctx, tx, `INSERT INTO journal_unsealed (entry_id)`, waiting)
}

func bodyHash(salt, body []byte) []byte {
	h := sha256.New()
	h.Write(salt)
	h.Write(body)
	return h.Sum(nil)
}

func entryOf(tx *db.Tx, by access.Actor, act string, before, after Thing) (Entry, error) {
	if !by.SignedIn() && !by.IsPortal() {
		return Entry{}, fmt.Errorf("journal: %s without an actor", act)
	}
	thing := after
	if after == nil {
		thing = before
	}
	e := Entry{
		ID: tx.NewID(), At: db.At(tx.Now()), Act: act, Actor: by.UserID, System: by.System, Behalf: by.OnBehalf, As: by.Acting,
		Thing: thing.Ref(), Version: thing.JournalVersion(), Gone: after == nil,
	}
	if e.Gone {
		e.Version++
	}
	e.Root = e.Thing
	if p, ok := thing.(Part); ok {
		e.Root = p.Root()
	}
	if p, ok := thing.(Published); ok {
		e.Public = p.Public()
	}
	var err error
	e.Body, err = bodyOf(before, after)
	return e, err
}

func bodyOf(before, after Thing) (b Body, err error) {
	if after != nil {
		if b.After, err = json.Marshal(after); err != nil {
			return b, fmt.Errorf("journal: %w", err)
		}
	}
	if before != nil {
		if b.Before, err = changed(before, b.After); err != nil {
			return b, fmt.Errorf("journal: %w", err)
		}
	}
	return b, nil
}

// changed is before as JSON, with only the fields that are otherwise in after.
func changed(before Thing, after json.RawMessage) (json.RawMessage, error) {
	old, err := json.Marshal(before)
	if err != nil || after == nil {
		return old, err
	}
	var was, is map[string]json.RawMessage
	if err := json.Unmarshal(old, &was); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(after, &is); err != nil {
		return nil, err
	}
	diff := map[string]json.RawMessage{}
	for k, v := range was {
		if !bytes.Equal(v, is[k]) {
			diff[k] = v
		}
	}
	for k := range is {
		if _, ok := was[k]; !ok {
			diff[k] = json.RawMessage("null") // left out before, there now
		}
	}
	return json.Marshal(diff)
}
