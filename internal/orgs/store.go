package orgs

import (
	"context"
	"fmt"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

const columns = `id, version, bin, kind, legal_form, name, short_name, place_id, rural, address, spheres, founded, closed,
	head, site, mail, phone, about, source, merged_into, merged_on, merged_why, sample`

func scan(r db.Row) (o Organization, err error) {
	err = r.Scan(&o.ID, &o.Version, &o.BIN, &o.Kind, &o.LegalForm, &o.Name, &o.ShortName, &o.PlaceID, &o.Rural, &o.Address,
		db.AsJSON(&o.Spheres), &o.Founded, &o.Closed, &o.Head, &o.Site, &o.Mail, &o.Phone, &o.About, &o.Source,
		&o.MergedInto, &o.MergedOn, &o.MergedWhy, &o.Sample)
	return o, err
}

func insert(ctx context.Context, tx *db.Tx, o Organization) error {
	_, err := tx.Exec(ctx, `INSERT INTO organizations (`+columns+`)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23)`,
		o.ID, o.Version, o.BIN, o.Kind, o.LegalForm, o.Name, o.ShortName, o.PlaceID, o.Rural, o.Address,
		db.AsJSON(&o.Spheres), o.Founded, o.Closed, o.Head, o.Site, o.Mail, o.Phone, o.About, o.Source,
		o.MergedInto, o.MergedOn, o.MergedWhy, o.Sample)
	if err != nil {
		return duplicate(err)
	}
	return putNames(ctx, tx, o)
}

// update writes o over the version that was read.
func update(ctx context.Context, tx *db.Tx, o Organization) error {
	err := tx.ExecOne(ctx, `UPDATE organizations SET version = version + 1, bin = $1, kind = $2, legal_form = $3, name = $4,
		short_name = $5, place_id = $6, rural = $7, address = $8, spheres = $9, founded = $10, closed = $11, head = $12, site = $13,
		mail = $14, phone = $15, about = $16, merged_into = $17, merged_on = $18, merged_why = $19
		WHERE id = $20 AND version = $21`,
		o.BIN, o.Kind, o.LegalForm, o.Name, o.ShortName, o.PlaceID, o.Rural, o.Address, db.AsJSON(&o.Spheres), o.Founded, o.Closed,
		o.Head, o.Site, o.Mail, o.Phone, o.About, o.MergedInto, o.MergedOn, o.MergedWhy, o.ID, o.Version)
	if err != nil {
		return duplicate(err)
	}
	return putNames(ctx, tx, o)
}

func duplicate(err error) error {
	if !db.IsDuplicate(err) {
		return err
	}
	var bad problem.Fields
	bad.Reject(true, "bin", "orgs.bin_taken")
	return bad.Err()
}

// putNames writes the folded names of o; a merged page has none.
func putNames(ctx context.Context, tx *db.Tx, o Organization) error {
	if _, err := tx.Exec(ctx, `DELETE FROM organization_names WHERE org_id = $1`, o.ID); err != nil || !o.Living() {
		return err
	}
	for _, f := range folds(o.Name, o.ShortName) {
		if _, err := tx.Exec(ctx, `INSERT INTO organization_names (org_id, fold) VALUES ($1, $2)`, o.ID, f); err != nil {
			return err
		}
	}
	return nil
}

func byID(ctx context.Context, tx *db.Tx, id ref.ID) (Organization, error) {
	return db.One(ctx, tx, scan, `SELECT `+columns+` FROM organizations WHERE id = $1`, id)
}

func byBIN(ctx context.Context, tx *db.Tx, bin string) (Organization, bool, error) {
	return db.Maybe(ctx, tx, scan, `SELECT `+columns+` FROM organizations WHERE bin = $1 AND bin <> '' AND merged_into IS NULL`, bin)
}

func inIDs(ctx context.Context, tx *db.Tx, ids []ref.ID) ([]Organization, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM organizations WHERE id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
}

// mergedInto lists the pages that were merged into id, oldest first.
func mergedInto(ctx context.Context, tx *db.Tx, id ref.ID) ([]Organization, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM organizations WHERE merged_into = $1 ORDER BY id`, id)
}

// after gives living organizations by id, to stream them.
func after(ctx context.Context, tx *db.Tx, last ref.ID, limit int) ([]Organization, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM organizations WHERE id > $1 AND merged_into IS NULL ORDER BY id LIMIT $2`,
		int64(last), limit)
}

// namesakes gives living organizations that have one of the folded names, at the
// place or anywhere when place is 0, except themselves.
func namesakes(ctx context.Context, tx *db.Tx, names []string, place, except ref.ID, limit int) ([]Organization, error) {
	args := db.Args([]any{int64(except), int64(place), limit}, names)
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM organizations WHERE id <> $1 AND (CAST($2 AS BIGINT) = 0 OR place_id = $2) AND merged_into IS NULL
		AND id IN (SELECT org_id FROM organization_names WHERE fold IN `+db.In(4, len(names))+`) ORDER BY id LIMIT $3`, args...)
}

// YearCount is how many organizations there were at the end of a year.
type YearCount struct {
	Year   int   `json:"year"`
	Count  int64 `json:"count"`
	Opened int64 `json:"opened"` // founded in the year
	Closed int64 `json:"closed"` // closed in the year
}

// countByYear counts living pages of the kinds (all when empty) at the places
// (anywhere when empty) at the end of each year; unknown are those without a
// founding date, which are in no year.
func countByYear(ctx context.Context, tx *db.Tx, kinds []string, places []ref.ID, from, until int) (years []YearCount, unknown int64, err error) {
	cols, args := []string{"count(*) FILTER (WHERE founded IS NULL)"}, []any{}
	for y := from; y <= until; y++ {
		n := len(args)
		args = append(args, db.Day(y, 1, 1), db.Day(y, 12, 31))
		cols = append(cols,
			fmt.Sprintf("count(*) FILTER (WHERE founded <= $%d AND (closed IS NULL OR closed > $%d))", n+2, n+2),
			fmt.Sprintf("count(*) FILTER (WHERE founded >= $%d AND founded <= $%d)", n+1, n+2),
			fmt.Sprintf("count(*) FILTER (WHERE founded IS NOT NULL AND closed >= $%d AND closed <= $%d)", n+1, n+2))
		years = append(years, YearCount{Year: y})
	}
	where := []string{"merged_into IS NULL"}
	if len(kinds) > 0 {
		where = append(where, "kind IN "+db.In(len(args)+1, len(kinds)))
		args = db.Args(args, kinds)
	}
	if len(places) > 0 {
		where = append(where, "place_id IN "+db.In(len(args)+1, len(places)))
		args = db.Args(args, places)
	}
	_, err = db.One(ctx, tx, func(r db.Row) (struct{}, error) {
		dest := []any{&unknown}
		for i := range years {
			dest = append(dest, &years[i].Count, &years[i].Opened, &years[i].Closed)
		}
		return struct{}{}, r.Scan(dest...)
	}, `SELECT `+strings.Join(cols, ", ")+` FROM organizations WHERE `+strings.Join(where, " AND "), args...)
	return years, unknown, err
}
