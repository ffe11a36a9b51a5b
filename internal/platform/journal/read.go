package journal

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const entryColumns = `e.id, e.at, e.act, e.actor_id, e.actor_system, e.on_behalf, e.as_role, e.as_scope, e.kind, e.thing_id,
	e.version, e.root_kind, e.root_id, e.title, e.path, e.public, e.gone, e.body_hash`

func (e *Entry) columns() []any {
	return []any{
		&e.ID, &e.At, &e.Act, &e.Actor, &e.System, &e.Behalf, &e.As.Role, &e.As.Scope, &e.Thing.Kind, &e.Thing.ID,
		&e.Version, &e.Root.Kind, &e.Root.ID, &e.Thing.Title, &e.Thing.Path, &e.Public, &e.Gone, &e.bodyHash,
	}
}

// withBody reads entries with their place in the chain and their bodies.
const withBody = `SELECT ` + entryColumns + `, COALESCE(c.seq, 0), b.body FROM journal_entries e
	LEFT JOIN journal_chain c ON c.entry_id = e.id LEFT JOIN journal_bodies b ON b.entry_id = e.id `

func scanWithBody(r db.Row) (e Entry, err error) {
	var body *string
	if err := r.Scan(append(e.columns(), &e.Seq, &body)...); err != nil {
		return e, err
	}
	if e.Erased = body == nil; e.Erased {
		return e, nil
	}
	if err := json.Unmarshal([]byte(*body), &e.Body); err != nil {
		return e, fmt.Errorf("journal: body of %s: %w", e.ID, err)
	}
	return e, nil
}

// Seq is the last place in the chain as the transaction sees it; 0 when nothing
// is sealed yet.
func Seq(ctx context.Context, tx *db.Tx) (int64, error) {
	return db.One(ctx, tx, db.Value[int64], `SELECT COALESCE(MAX(seq), 0) FROM journal_chain`)
}

// Count is how many entries there are, sealed or not.
func Count(ctx context.Context, tx *db.Tx) (int64, error) {
	return db.One(ctx, tx, db.Value[int64], `SELECT COUNT(*) FROM journal_entries`)
}

// LinkAt is the link of the chain at a place, as text; "" when the chain does not
// reach there. Two portals with the same link have the same past up to it.
func LinkAt(ctx context.Context, tx *db.Tx, seq int64) (string, error) {
	hash, _, err := db.Maybe(ctx, tx, db.Value[[]byte], `SELECT hash FROM journal_chain WHERE seq = $1`, seq)
	return hex.EncodeToString(hash), err
}

// Span hands the public entries after the place from, up to the place to, to
// yield, in the order of the chain and without their bodies.
func Span(ctx context.Context, tx *db.Tx, from, to int64, yield func(Entry) error) error {
	return db.Each(ctx, tx, scanSealed, yield, `SELECT `+entryColumns+`, c.seq FROM journal_chain c
		JOIN journal_entries e ON e.id = c.entry_id WHERE c.seq > $1 AND c.seq <= $2 AND e.public = TRUE ORDER BY c.seq`, from, to)
}

// Timeline tells what happened to a root and its parts, newest first, with
// bodies: up to limit entries older than the entry before (0: from the newest).
func Timeline(ctx context.Context, tx *db.Tx, root ref.Ref, before ref.ID, limit int, onlyPublic bool) ([]Entry, error) {
	where := `WHERE e.root_kind = $1 AND e.root_id = $2 AND e.id < $3`
	if onlyPublic {
		where += ` AND e.public = TRUE`
	}
	return db.All(ctx, tx, scanWithBody, withBody+where+` ORDER BY e.id DESC LIMIT $4`, root.Kind, root.ID, int64(orLast(before)), limit)
}

// withoutBody reads entries without what they changed, which is most of them.
const withoutBody = `SELECT ` + entryColumns + ` FROM journal_entries e `

func scanWithoutBody(r db.Row) (e Entry, err error) {
	err = r.Scan(e.columns()...)
	return e, err
}

// Deed is what was done when, to which thing, and nothing else of an entry.
type Deed struct {
	At    db.Time
	Act   string
	Thing ref.ID
}

// Deeds are what entries tell of.
func Deeds(entries []Entry) []Deed {
	out := make([]Deed, len(entries))
	for i, e := range entries {
		out[i] = Deed{e.At, e.Act, e.Thing.ID}
	}
	return out
}

// Acts are the deeds of the newest limit public entries of a root and its parts.
func Acts(ctx context.Context, tx *db.Tx, root ref.Ref, limit int) ([]Deed, error) {
	return db.All(ctx, tx, func(r db.Row) (d Deed, err error) {
		err = r.Scan(&d.At, &d.Act, &d.Thing)
		return d, err
	}, `SELECT e.at, e.act, e.thing_id FROM journal_entries e
		WHERE e.root_kind = $1 AND e.root_id = $2 AND e.public = TRUE ORDER BY e.id DESC LIMIT $3`, root.Kind, root.ID, limit)
}

// Recent is the public feed, newest first, without bodies: up to limit entries
// older than the entry before (0: from the newest), of the kinds given or of all.
func Recent(ctx context.Context, tx *db.Tx, kinds []string, before ref.ID, limit int) ([]Entry, error) {
	const public = `WHERE e.public = TRUE AND e.id < $1 `
	const newest = ` ORDER BY e.id DESC LIMIT $2`
	if len(kinds) == 0 {
		return db.All(ctx, tx, scanWithoutBody, withoutBody+public+newest, int64(orLast(before)), limit)
	}
	var all []Entry
	for _, kind := range kinds { // one by one, so that a rare kind is found by its index
		some, err := db.All(ctx, tx, scanWithoutBody, withoutBody+public+`AND e.kind = $3`+newest, int64(orLast(before)), limit, kind)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b Entry) int { return cmp.Compare(b.ID, a.ID) })
	return all[:min(limit, len(all))], nil
}

func orLast(before ref.ID) ref.ID {
	if before == 0 {
		return 1<<63 - 1
	}
	return before
}

// AsOf is the state of a root and its parts at an instant: the last entry of
// each thing until then, with bodies, in the order of the things' ids. A thing
// that had gone by then is left out.
func AsOf(ctx context.Context, tx *db.Tx, root ref.Ref, on time.Time) ([]Entry, error) {
	return db.All(ctx, tx, scanWithBody, withBody+`WHERE e.root_kind = $1 AND e.root_id = $2 AND e.at <= $3 AND e.gone = FALSE
		AND NOT EXISTS (SELECT 1 FROM journal_entries n
			WHERE n.kind = e.kind AND n.thing_id = e.thing_id AND n.version > e.version AND n.at <= $3)
		ORDER BY e.thing_id, e.kind`, root.Kind, root.ID, db.At(on))
}

// Last is the newest entry of one thing with its body; ok is false when the
// journal does not know the thing.
func Last(ctx context.Context, tx *db.Tx, kind string, id ref.ID) (e Entry, ok bool, err error) {
	return db.Maybe(ctx, tx, scanWithBody, withBody+`WHERE e.kind = $1 AND e.thing_id = $2 ORDER BY e.version DESC LIMIT 1`, kind, id)
}

// At is the entry that made one version of a thing, with its body.
func At(ctx context.Context, tx *db.Tx, kind string, id ref.ID, version int64) (e Entry, ok bool, err error) {
	return db.Maybe(ctx, tx, scanWithBody, withBody+`WHERE e.kind = $1 AND e.thing_id = $2 AND e.version = $3`, kind, id, version)
}

// Before gives the state that a thing had one version ago; ok is false when
// nothing tells of it or it was erased.
func Before[T Thing](ctx context.Context, tx *db.Tx, now T) (was T, ok bool, err error) {
	r := now.Ref()
	e, ok, err := At(ctx, tx, r.Kind, r.ID, now.JournalVersion()-1)
	if err != nil || !ok || e.Erased {
		return was, false, err
	}
	if err := json.Unmarshal(e.Body.After, &was); err != nil {
		return was, false, fmt.Errorf("journal: an entry of the past: %w", err)
	}
	return was, true, nil
}

// Touched tells on the pages of which roots something was done by other acts
// than those given.
func Touched(ctx context.Context, tx *db.Tx, kind string, ids []ref.ID, but ...string) (map[ref.ID]bool, error) {
	touched := map[ref.ID]bool{}
	for part := range slices.Chunk(ids, 300) {
		args := db.Args(db.Args([]any{kind}, but), part)
		roots, err := db.All(ctx, tx, db.Value[ref.ID], `SELECT DISTINCT root_id FROM journal_entries
			WHERE root_kind = $1 AND act NOT IN `+db.In(2, len(but))+` AND root_id IN `+db.In(2+len(but), len(part)), args...)
		if err != nil {
			return nil, err
		}
		for _, id := range roots {
			touched[id] = true
		}
	}
	return touched, nil
}
