package places

import (
	"context"
	"encoding/csv"
	"fmt"
	"io/fs"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
)

// LoadFacts adds the regions and districts of regions.csv and districts.csv that
// are not there yet. What an operator imported or changed since stays as it is.
func (s *Service) LoadFacts(ctx context.Context, by access.Actor, facts fs.FS) error {
	if err := mayKeep(by); err != nil {
		return err
	}
	regions, err := readFacts(facts, "regions.csv")
	if err != nil {
		return err
	}
	districts, err := readFacts(facts, "districts.csv")
	if err != nil {
		return err
	}
	if err := s.db.Update(ctx, func(tx *db.Tx) error {
		return addFacts(ctx, tx, by, append(regions, districts...))
	}); err != nil {
		return err
	}
	return s.Reload(ctx)
}

// readFacts reads a table with headings; each line becomes a map by heading.
func readFacts(facts fs.FS, file string) ([]map[string]string, error) {
	f, err := facts.Open(file)
	if err != nil {
		return nil, fmt.Errorf("places: %w", err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("places: %s: %w", file, err)
	}
	var out []map[string]string
	for _, line := range lines[1:] {
		m := map[string]string{}
		for i, heading := range lines[0] {
			m[heading] = line[i]
		}
		out = append(out, m)
	}
	return out, nil
}

// addFacts adds what is missing. The tree is read anew only after something was
// added, because every start of the portal comes by here.
func addFacts(ctx context.Context, tx *db.Tx, by access.Actor, facts []map[string]string) error {
	var t *Tree
	for _, f := range facts {
		if t == nil {
			ps, err := all(ctx, tx)
			if err != nil {
				return err
			}
			t = newTree(ps)
		}
		added, err := addFact(ctx, tx, by, t, f)
		if err != nil {
			return err
		}
		if added {
			t = nil
		}
	}
	return nil
}

func addFact(ctx context.Context, tx *db.Tx, by access.Actor, t *Tree, f map[string]string) (added bool, err error) {
	n := NewPlace{KATO: f["kato"], Kind: Kind(f["kind"]), Name: i18n.Text{KK: f["kk"], RU: f["ru"], EN: f["en"]}}
	if up := f["region_kato"]; up != "" {
		region, ok := t.ByKATO(up)
		if !ok {
			return false, fmt.Errorf("places: %s lies in an unknown region %s", n.Name.RU, up)
		}
		n.ParentID = region.ID
	}
	if t.has(n) {
		return false, nil
	}
	_, err = addTo(ctx, tx, by, t, n)
	return err == nil, err
}

// has tells whether the place of a fact is there, by its code, or by its name
// within the place around it, also when it ended meanwhile.
func (t *Tree) has(n NewPlace) bool {
	if _, ok := t.byKATO[n.KATO]; ok && n.KATO != "" {
		return true
	}
	for _, p := range t.all {
		if p.ParentID == n.ParentID && p.Kind == n.Kind && sameName(p.Name, n.Name) {
			return true
		}
	}
	return false
}
