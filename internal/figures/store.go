package figures

import (
	"context"
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const sourceColumns = `id, version, code, publisher, published, lang, url, forum`

func scanSource(r db.Row) (s Source, err error) {
	err = r.Scan(&s.ID, &s.Version, &s.Code, &s.Publisher, &s.Published, &s.Lang, &s.URL, db.AsJSON(&s.Forum))
	return s, err
}

func insertSource(ctx context.Context, tx *db.Tx, s Source) error {
	_, err := tx.Exec(ctx, `INSERT INTO figure_sources (`+sourceColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		s.ID, s.Version, s.Code, s.Publisher, s.Published, string(s.Lang), s.URL, db.AsJSON(&s.Forum))
	return err
}

func sourceByCode(ctx context.Context, tx *db.Tx, code string) (Source, bool, error) {
	return db.Maybe(ctx, tx, scanSource, `SELECT `+sourceColumns+` FROM figure_sources WHERE code = $1`, code)
}

const columns = `id, version, fact, source_id, indicator, written_in, topic, series, value, unit, qualifier, change,
	definition, note, period, period_from, period_to, scope, places`

func scan(r db.Row) (f Figure, err error) {
	err = r.Scan(&f.ID, &f.Version, &f.Fact, &f.SourceID, &f.Indicator, &f.WrittenIn, &f.Topic, &f.Group, &f.Value, &f.Unit,
		&f.Qualifier, &f.Change, &f.Definition, &f.Note, &f.Period, &f.From, &f.To, &f.Scope, db.AsJSON(&f.Places))
	return f, err
}

func insert(ctx context.Context, tx *db.Tx, f Figure) error {
	if _, err := tx.Exec(ctx, `INSERT INTO figures (`+columns+`)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19)`,
		f.ID, f.Version, f.Fact, f.SourceID, f.Indicator, string(f.WrittenIn), f.Topic, f.Group, f.Value, f.Unit, f.Qualifier,
		f.Change, f.Definition, f.Note, f.Period, f.From, f.To, f.Scope, db.AsJSON(&f.Places)); err != nil {
		return err
	}
	for _, id := range f.Places {
		if _, err := tx.Exec(ctx, `INSERT INTO figure_places (figure_id, place_id) VALUES ($1,$2)`, f.ID, id); err != nil {
			return err
		}
	}
	return nil
}

// ByID gives a figure in the transaction of another room.
func ByID(ctx context.Context, tx *db.Tx, id ref.ID) (Figure, error) {
	return db.One(ctx, tx, scan, `SELECT `+columns+` FROM figures WHERE id = $1`, int64(id))
}

// PagesIn names figures by their ids in the transaction of another room.
func PagesIn(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]ref.Ref, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, err := db.All(ctx, tx, scan, `SELECT `+columns+` FROM figures WHERE id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
	out := map[ref.ID]ref.Ref{}
	for _, f := range list {
		out[f.ID] = f.Ref()
	}
	return out, err
}

func known(ctx context.Context, tx *db.Tx, fact string) (bool, error) {
	_, ok, err := db.Maybe(ctx, tx, db.Value[ref.ID], `SELECT id FROM figures WHERE fact = $1`, fact)
	return ok, err
}

// query reads figures with their sources: those of a condition, the latest
// period first. It takes two statements.
func query(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Cited, error) {
	fs, err := db.All(ctx, tx, scan, `SELECT `+columns+` FROM figures WHERE `+where+`
		ORDER BY topic, COALESCE(period_to, '0001-01-01') DESC, id`, args...)
	if err != nil || len(fs) == 0 {
		return nil, err
	}
	sources, err := db.All(ctx, tx, scanSource, `SELECT `+sourceColumns+` FROM figure_sources`)
	if err != nil {
		return nil, err
	}
	byID := map[ref.ID]Source{}
	for _, s := range sources {
		byID[s.ID] = s
	}
	out := make([]Cited, len(fs))
	for i, f := range fs {
		out[i] = Cited{f, byID[f.SourceID]}
	}
	return out, nil
}

// PlacesInUse tells of which places figures speak.
func PlacesInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	used := map[ref.ID]bool{}
	for part := range slices.Chunk(ids, 300) {
		some, err := db.All(ctx, tx, db.Value[ref.ID], `SELECT DISTINCT place_id FROM figure_places WHERE place_id IN `+db.In(1, len(part)), db.Args(nil, part)...)
		if err != nil {
			return nil, err
		}
		for _, id := range some {
			used[id] = true
		}
	}
	return used, nil
}
