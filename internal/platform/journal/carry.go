package journal

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// Carried is one place of a chain as it travels from one store to another, with all
// that its hash was computed from.
type Carried struct {
	Seq      int64       `json:"seq"`
	ID       ref.ID      `json:"id"`
	At       db.Time     `json:"at"`
	Act      string      `json:"act"`
	Actor    ref.ID      `json:"actor"`
	System   string      `json:"system"`
	Behalf   ref.ID      `json:"behalf"`
	Role     access.Role `json:"role"`
	Scope    ref.ID      `json:"scope"`
	Kind     string      `json:"kind"`
	Thing    ref.ID      `json:"thing"`
	Version  int64       `json:"version"`
	RootKind string      `json:"root_kind"`
	Root     ref.ID      `json:"root"`
	Title    i18n.Text   `json:"title"`
	Path     string      `json:"path"`
	Public   bool        `json:"public"`
	Gone     bool        `json:"gone"`
	Salt     []byte      `json:"salt"`
	Body     string      `json:"body"` // exactly as it was written
	Hash     []byte      `json:"hash"`
}

// Carry hands over the whole chain of a store in its order. A body that was erased
// cannot travel: it is a fault.
func Carry(ctx context.Context, tx *db.Tx, yield func(Carried) error) error {
	return db.Each(ctx, tx, scanForVerify, func(s sealed) error {
		if s.body == nil {
			return fmt.Errorf("journal: the body of place %d was erased", s.Seq)
		}
		return yield(Carried{Seq: s.Seq, ID: s.ID, At: s.At, Act: s.Act, Actor: s.Actor, System: s.System, Behalf: s.Behalf, Role: s.As.Role, Scope: s.As.Scope,
			Kind: s.Thing.Kind, Thing: s.Thing.ID, Version: s.Version, RootKind: s.Root.Kind, Root: s.Root.ID, Title: s.Thing.Title, Path: s.Thing.Path,
			Public: s.Public, Gone: s.Gone, Salt: s.salt, Body: *s.body, Hash: s.hash})
	}, `SELECT `+entryColumns+`, c.seq, c.hash, b.salt, b.body, x.erasure_id
		FROM journal_chain c JOIN journal_entries e ON e.id = c.entry_id
		LEFT JOIN journal_bodies b ON b.entry_id = e.id LEFT JOIN journal_erasures x ON x.entry_id = e.id ORDER BY c.seq`)
}

// Chain computes anew a chain that was carried here. The zero Chain waits for the
// first place.
type Chain struct{ last link }

// Next gives the entry of the next place; it fails where the place does not follow
// from those before it.
func (c *Chain) Next(x Carried) (e Entry, err error) {
	e = Entry{ID: x.ID, At: x.At, Act: x.Act, Actor: x.Actor, System: x.System, Behalf: x.Behalf, As: access.Grant{Role: x.Role, Scope: x.Scope},
		Thing: ref.Ref{Kind: x.Kind, ID: x.Thing, Title: x.Title, Path: x.Path}, Version: x.Version, Root: ref.Ref{Kind: x.RootKind, ID: x.Root},
		Public: x.Public, Gone: x.Gone, Seq: x.Seq, bodyHash: bodyHash(x.Salt, []byte(x.Body))}
	now := link{c.last.seq + 1, linkHash(c.last, e)}
	if x.Seq != now.seq || !bytes.Equal(now.hash, x.Hash) {
		return e, fmt.Errorf("journal: place %d of the chain is not as it was sealed", now.seq)
	}
	c.last = now
	if err := json.Unmarshal([]byte(x.Body), &e.Body); err != nil {
		return e, fmt.Errorf("journal: body of place %d: %w", x.Seq, err)
	}
	return e, nil
}

// End is the last place and its hash as text.
func (c *Chain) End() (seq int64, hash string) { return c.last.seq, hex.EncodeToString(c.last.hash) }
