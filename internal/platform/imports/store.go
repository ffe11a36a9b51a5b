package imports

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

const columns = `id, version, kind, file_name, file_id, sha256, user_id, state, refusal, header, cursor, rows_read, to_add, to_change,
	the_same, refused, applied, undone, kept, created_at, done_at`

func scan(r db.Row) (im Import, err error) {
	var refusal faultJSON
	c := &im.Counts
	err = r.Scan(&im.ID, &im.Version, &im.Kind, &im.FileName, &im.FileID, &im.SHA256, &im.UserID, &im.State, db.AsJSON(&refusal),
		db.AsJSON(&im.Header), &im.cursor, &c.Read, &c.Add, &c.Change, &c.Same, &c.Refused, &c.Applied, &c.Undone, &c.Kept,
		&im.CreatedAt, &im.DoneAt)
	im.Refusal = problem.Fault(refusal)
	return im, err
}

// Things tells the journal how to read the imports.
func Things() []journal.Kind {
	return []journal.Kind{{Name: KindName, Example: Import{}, Rows: func(ctx context.Context, tx *db.Tx, yield func(journal.Thing) error) error {
		return db.Each(ctx, tx, scan, func(im Import) error { return yield(im) }, `SELECT `+columns+` FROM imports ORDER BY id`)
	}}}
}

func insert(ctx context.Context, tx *db.Tx, im Import) error {
	refusal, c := faultJSON(im.Refusal), im.Counts
	_, err := tx.Exec(ctx, `INSERT INTO imports (`+columns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21)`,
		im.ID, im.Version, im.Kind, im.FileName, im.FileID, im.SHA256, im.UserID, string(im.State), db.AsJSON(&refusal),
		db.AsJSON(&im.Header), im.cursor, c.Read, c.Add, c.Change, c.Same, c.Refused, c.Applied, c.Undone, c.Kept, im.CreatedAt, im.DoneAt)
	return err
}

// update stores a change of state; im.Version is the new one already.
func update(ctx context.Context, tx *db.Tx, im Import) error {
	refusal := faultJSON(im.Refusal)
	return tx.ExecOne(ctx, `UPDATE imports SET version = $1, state = $2, refusal = $3, cursor = $4, file_id = $5, done_at = $6, applied = $7
		WHERE id = $8 AND version = $9`, im.Version, string(im.State), db.AsJSON(&refusal), im.cursor, im.FileID, im.DoneAt, im.Counts.Applied,
		im.ID, im.Version-1)
}

// moveOn stores how far a batch came. It is a Conflict when somebody else has
// moved the import on meanwhile: two workers never do one batch twice.
func moveOn(ctx context.Context, tx *db.Tx, before, im Import) error {
	c := im.Counts
	return tx.ExecOne(ctx, `UPDATE imports SET cursor = $1, rows_read = $2, to_add = $3, to_change = $4, the_same = $5, refused = $6,
		applied = $7, undone = $8, kept = $9, header = $10
		WHERE id = $11 AND version = $12 AND cursor = $13 AND state = $14 AND undone + kept = $15`,
		im.cursor, c.Read, c.Add, c.Change, c.Same, c.Refused, c.Applied, c.Undone, c.Kept, db.AsJSON(&im.Header),
		im.ID, before.Version, before.cursor, string(before.State), before.Counts.Undone+before.Counts.Kept)
}

func byID(ctx context.Context, tx *db.Tx, id ref.ID) (Import, error) {
	return db.One(ctx, tx, scan, `SELECT `+columns+` FROM imports WHERE id = $1`, id)
}

// sameTable finds an import of the same bytes by the same person that is not over.
func sameTable(ctx context.Context, tx *db.Tx, kind, sha256 string, user ref.ID) (Import, bool, error) {
	return db.Maybe(ctx, tx, scan, `SELECT `+columns+` FROM imports WHERE kind = $1 AND sha256 = $2 AND user_id = $3
		AND state IN ('reading', 'checked', 'applying')`, kind, sha256, user)
}

// latest lists imports of one person, or of all when user is 0, newest first.
func latest(ctx context.Context, tx *db.Tx, user ref.ID, limit int) ([]Import, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM imports WHERE CAST($1 AS BIGINT) = 0 OR user_id = $1 ORDER BY id DESC LIMIT $2`, int64(user), limit)
}

const rowColumns = `no, line, cells, about, verdict, faults, outcome, thing_id, thing_version`

func scanRow(r db.Row) (*Row, error) {
	row := &Row{}
	var faults map[string]faultJSON
	err := r.Scan(&row.No, &row.Line, db.AsJSON(&row.Cells), &row.About, &row.Verdict, db.AsJSON(&faults), &row.Outcome,
		&row.Thing, &row.ThingVersion)
	for column, f := range faults {
		row.Faults.Reject(true, column, f.Key, f.Args...)
	}
	return row, err
}

func faultsOf(bad problem.Fields) map[string]faultJSON {
	out := make(map[string]faultJSON, len(bad))
	for column, f := range bad {
		out[column] = faultJSON(f)
	}
	return out
}

func insertRows(ctx context.Context, tx *db.Tx, im Import, rows []*Row) error {
	values := make([][]any, len(rows))
	for i, r := range rows {
		faults := faultsOf(r.Faults)
		values[i] = []any{im.ID, r.No, r.Line, db.AsJSON(&r.Cells), r.About, string(r.Verdict), db.AsJSON(&faults),
			string(r.Outcome), r.Thing, r.ThingVersion}
	}
	if err := db.InsertMany(ctx, tx, `INSERT INTO import_rows (import_id, `+rowColumns+`)`, values); err != nil {
		return err
	}
	var keys [][]any
	for _, r := range rows {
		for _, key := range r.Keys {
			keys = append(keys, []any{im.ID, key, r.Line})
		}
	}
	return db.InsertMany(ctx, tx, `INSERT INTO import_keys (import_id, row_key, line)`, keys)
}

// updateRows stores what became of rows.
func updateRows(ctx context.Context, tx *db.Tx, im Import, rows []*Row) error {
	for _, r := range rows {
		faults := faultsOf(r.Faults)
		if err := tx.ExecOne(ctx, `UPDATE import_rows SET verdict = $1, faults = $2, outcome = $3, thing_id = $4, thing_version = $5
			WHERE import_id = $6 AND no = $7`, string(r.Verdict), db.AsJSON(&faults), string(r.Outcome), r.Thing, r.ThingVersion, im.ID, r.No); err != nil {
			return err
		}
	}
	return nil
}

// Earlier gives the lines of the good rows of an import that have one of the
// keys, for rows that build on earlier ones of their table.
func Earlier(ctx context.Context, tx *db.Tx, im Import, keys []string) (map[string]int, error) {
	type keyed struct {
		key  string
		line int
	}
	lines := map[string]int{}
	for part := range slices.Chunk(keys, 300) {
		found, err := db.All(ctx, tx, func(r db.Row) (k keyed, err error) {
			err = r.Scan(&k.key, &k.line)
			return k, err
		}, `SELECT row_key, line FROM import_keys WHERE import_id = $1 AND row_key IN `+db.In(2, len(part)),
			db.Args([]any{im.ID}, part)...)
		if err != nil {
			return nil, err
		}
		for _, k := range found {
			lines[k.key] = k.line
		}
	}
	return lines, nil
}

// goodAfter gives the next rows to apply.
func goodAfter(ctx context.Context, tx *db.Tx, id ref.ID, no, limit int) ([]*Row, error) {
	return db.All(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM import_rows
		WHERE import_id = $1 AND no > $2 AND verdict IN ('add', 'change') ORDER BY no LIMIT $3`, id, no, limit)
}

// lastApplied gives the next rows to undo, the last first.
func lastApplied(ctx context.Context, tx *db.Tx, id ref.ID, limit int) ([]*Row, error) {
	return db.All(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM import_rows
		WHERE import_id = $1 AND outcome = 'applied' ORDER BY no DESC LIMIT $2`, id, limit)
}

func rowsBy(ctx context.Context, tx *db.Tx, id ref.ID, which Which, after, limit int) ([]*Row, error) {
	if which.Outcome != "" {
		return db.All(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM import_rows
			WHERE import_id = $1 AND outcome = $2 AND outcome <> '' AND no > $3 ORDER BY no LIMIT $4`, id, string(which.Outcome), after, limit)
	}
	return db.All(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM import_rows
		WHERE import_id = $1 AND verdict = $2 AND no > $3 ORDER BY no LIMIT $4`, id, string(which.Verdict), after, limit)
}

// staleImports are imports whose rows nobody needs any more.
func staleImports(ctx context.Context, tx *db.Tx, before db.Time) ([]ref.ID, error) {
	return db.All(ctx, tx, db.Value[ref.ID], `SELECT id FROM imports i WHERE created_at < $1 AND state IN ('dropped', 'failed', 'undone', 'checked')
		AND EXISTS (SELECT 1 FROM import_rows r WHERE r.import_id = i.id) ORDER BY id LIMIT 100`, before)
}

func deleteRows(ctx context.Context, tx *db.Tx, id ref.ID, most int) (int64, error) {
	if _, err := tx.Exec(ctx, `DELETE FROM import_keys WHERE import_id = $1`, id); err != nil {
		return 0, err
	}
	return tx.Exec(ctx, `DELETE FROM import_rows WHERE import_id = $1 AND no IN
		(SELECT no FROM import_rows WHERE import_id = $1 ORDER BY no LIMIT $2)`, id, most)
}

// faultJSON stores a fault so that its arguments come back as numbers, texts in
// languages and words.
type faultJSON problem.Fault

func (f faultJSON) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Key  string `json:"key"`
		Args []any  `json:"args,omitempty"`
	}{f.Key, f.Args})
}

func (f *faultJSON) UnmarshalJSON(b []byte) error {
	var stored struct {
		Key  string            `json:"key"`
		Args []json.RawMessage `json:"args"`
	}
	if err := json.Unmarshal(b, &stored); err != nil {
		return err
	}
	f.Key, f.Args = stored.Key, nil
	for _, raw := range stored.Args {
		v, err := argOf(raw)
		if err != nil {
			return err
		}
		f.Args = append(f.Args, v)
	}
	return nil
}

func argOf(raw json.RawMessage) (any, error) {
	if bytes.HasPrefix(raw, []byte("{")) {
		var t i18n.Text
		err := json.Unmarshal(raw, &t)
		return t, err
	}
	var n int64
	if json.Unmarshal(raw, &n) == nil {
		return n, nil
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err
}
