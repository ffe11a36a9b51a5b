package places

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
)

const columns = `id, version, kato, former, parent_id, kind, name, rural, sample, replaced_by, since, until`

func scan(r db.Row) (p Place, err error) {
	var kato *string
	err = r.Scan(&p.ID, &p.Version, &kato, db.AsJSON(&p.Former), &p.ParentID, &p.Kind, &p.Name, &p.Rural, &p.Sample,
		&p.ReplacedBy, &p.Since, &p.Until)
	if kato != nil {
		p.KATO = *kato
	}
	return p, err
}

// all reads every place in the order of the Kazakh alphabet.
func all(ctx context.Context, tx *db.Tx) ([]Place, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM places ORDER BY sort_key, id`)
}

func insert(ctx context.Context, tx *db.Tx, p Place) error {
	_, err := tx.Exec(ctx, `INSERT INTO places (`+columns+`, sort_key, sort_version)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)`,
		p.ID, p.Version, orNull(p.KATO), db.AsJSON(&p.Former), p.ParentID, string(p.Kind), p.Name, p.Rural, p.Sample,
		p.ReplacedBy, p.Since, p.Until, sortKey(p), i18n.SortVersion)
	return err
}

// save writes p over the row that had the version before.
func save(ctx context.Context, tx *db.Tx, p Place) error {
	return tx.ExecOne(ctx, `UPDATE places SET version = $1, kato = $2, former = $3, parent_id = $4, kind = $5, name = $6,
		rural = $7, replaced_by = $8, since = $9, until = $10, sort_key = $11, sort_version = $12
		WHERE id = $13 AND version = $14`,
		p.Version, orNull(p.KATO), db.AsJSON(&p.Former), p.ParentID, string(p.Kind), p.Name,
		p.Rural, p.ReplacedBy, p.Since, p.Until, sortKey(p), i18n.SortVersion, p.ID, p.Version-1)
}

// freshSortKeys makes the keys anew that an older version of the alphabet made.
func freshSortKeys(ctx context.Context, tx *db.Tx) error {
	old, err := db.All(ctx, tx, scan, `SELECT `+columns+` FROM places WHERE sort_version <> $1`, i18n.SortVersion)
	if err != nil {
		return err
	}
	for _, p := range old {
		if err := tx.ExecOne(ctx, `UPDATE places SET sort_key = $1, sort_version = $2 WHERE id = $3`,
			sortKey(p), i18n.SortVersion, p.ID); err != nil {
			return err
		}
	}
	return nil
}

func sortKey(p Place) []byte {
	name, lang := p.Name.In(i18n.KK)
	signs := signsKK
	if lang == i18n.RU {
		signs = signsRU
	}
	_, bare, _ := readName(name, signs)
	return i18n.SortKey(i18n.KK, bare)
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
