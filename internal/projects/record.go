package projects

import (
	"context"
	"fmt"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// Part is what an organization is in a project.
type Part string

// The parts.
const (
	Does Part = "does" // carries it out
	Pays Part = "pays" // pays for it
)

// column is where a project names the organization of the part.
func (p Part) column() string {
	if p == Pays {
		return "funder_id"
	}
	return "org_id"
}

// Record is what an organization has done and paid for: agreed projects that
// were not called off. Money is in tiyn, of projects in tenge.
type Record struct {
	Kinds []RecordKind
	Years []RecordYear
	// Latest are projects of either part, also planned ones, the newest first.
	Latest []Project
	// Sides names the organizations of the latest projects.
	Sides map[ref.ID]ref.Ref
}

// RecordKind is the agreed projects of one part and kind of funding. People are
// those whom their counted reports tell of.
type RecordKind struct {
	Part        Part   `json:"part"`
	FundingKind string `json:"funding_kind"`
	Count       int64  `json:"count"`
	Sum         int64  `json:"sum"`
	People      int64  `json:"people"`
}

// RecordYear is the money of one part in one year.
type RecordYear struct {
	Part     Part  `json:"part"`
	Year     int   `json:"year"`
	Planned  int64 `json:"planned"`
	Paid     int64 `json:"paid"`
	Accepted int64 `json:"accepted"`
}

// Total adds up the kinds of one part.
func (r Record) Total(part Part) (total RecordKind) {
	total.Part = part
	for _, k := range r.Kinds {
		if k.Part == part {
			total.Count += k.Count
			total.Sum += k.Sum
			total.People += k.People
		}
	}
	return total
}

// recordLength is how many projects a record names.
const recordLength = 12

// RecordOf gives the record of an organization, in three queries. family is its
// id and those of the pages merged into it.
func (s *Service) RecordOf(ctx context.Context, family []ref.ID) (r Record, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if r, err = recordOf(ctx, tx, family); err != nil {
			return err
		}
		if r.Latest, err = projectsOf(ctx, tx, family, recordLength); err != nil {
			return err
		}
		var ids []ref.ID
		for _, p := range r.Latest {
			ids = append(ids, p.OrgID, p.FunderID)
		}
		r.Sides, err = refsOf(ctx, tx, ids)
		return err
	})
	return r, err
}

// agreed is the condition of projects that count in totals.
const agreed = `p.agreed_on IS NOT NULL AND p.cancelled_on IS NULL AND p.hidden = FALSE`

// recordOf reads the lines of a record at once: those of a year have one, those
// of a kind of funding have none.
func recordOf(ctx context.Context, tx *db.Tx, family []ref.ID) (r Record, err error) {
	var parts []string
	var args []any
	for _, part := range []Part{Does, Pays} {
		in := db.In(len(args)+1, len(family))
		args = db.Args(args, family)
		parts = append(parts, fmt.Sprintf(`SELECT '%[1]s' AS part, p.funding_kind AS kind, CAST(0 AS BIGINT) AS year, count(*) AS a,
				CAST(COALESCE(sum(CASE WHEN p.currency = 'KZT' THEN p.sum ELSE 0 END), 0) AS BIGINT) AS b,
				CAST(COALESCE(sum((SELECT sum(t.beneficiaries) FROM project_reports t
					WHERE t.project_id = p.id AND t.state IN ('submitted', 'accepted'))), 0) AS BIGINT) AS c
			FROM projects p WHERE p.%[2]s IN %[3]s AND `+agreed+` GROUP BY p.funding_kind
			UNION ALL SELECT '%[1]s', '', y.year, CAST(sum(y.planned) AS BIGINT), CAST(sum(y.paid) AS BIGINT), CAST(sum(y.accepted) AS BIGINT)
			FROM projects p JOIN project_years y ON y.project_id = p.id
			WHERE p.%[2]s IN %[3]s AND p.currency = 'KZT' AND `+agreed+` GROUP BY y.year`, part, part.column(), in))
	}
	type line struct {
		RecordKind
		year int
	}
	err = db.Each(ctx, tx, func(row db.Row) (l line, err error) {
		err = row.Scan(&l.Part, &l.FundingKind, &l.year, &l.Count, &l.Sum, &l.People)
		return l, err
	}, func(l line) error {
		if l.year == 0 {
			r.Kinds = append(r.Kinds, l.RecordKind)
		} else {
			r.Years = append(r.Years, RecordYear{Part: l.Part, Year: l.year, Planned: l.Count, Paid: l.Sum, Accepted: l.People})
		}
		return nil
	}, strings.Join(parts, " UNION ALL ")+" ORDER BY part, year, kind", args...)
	return r, err
}

// projectsOf gives the newest visible projects that any of the organizations
// carries out or pays for.
func projectsOf(ctx context.Context, tx *db.Tx, family []ref.ID, limit int) ([]Project, error) {
	in := func(from int) string { return db.In(from, len(family)) }
	args := append(db.Args(db.Args(nil, family), family), limit)
	return db.All(ctx, tx, scanProject, `SELECT `+projectColumns+` FROM projects WHERE (org_id IN `+in(1)+` OR funder_id IN `+in(1+len(family))+`)
		AND hidden = FALSE ORDER BY id DESC LIMIT `+fmt.Sprintf("$%d", len(args)), args...)
}

// AgreementsOf counts the agreements under which an organization carries projects
// out: those in force on a day, and all that ever were. family is its id and those
// of the pages merged into it.
func AgreementsOf(ctx context.Context, tx *db.Tx, family []ref.ID, day db.Date) (live, ever int, err error) {
	list, err := db.All(ctx, tx, scanCard, `SELECT `+cardColumns+` FROM projects p WHERE p.org_id IN `+db.In(1, len(family))+` AND `+agreed, db.Args(nil, family)...)
	for _, c := range list {
		if ever++; !c.StatusOn(day).Is.Ended() {
			live++
		}
	}
	return live, ever, err
}

// OrgTotal is how many agreed projects an organization carries out or pays for,
// and their sum in tiyn of the tenge.
type OrgTotal struct{ Count, Sum int64 }

// TotalsOfOrgs adds up the agreed projects of organizations.
func (s *Service) TotalsOfOrgs(ctx context.Context, ids []ref.ID) (map[ref.ID]OrgTotal, error) {
	out := map[ref.ID]OrgTotal{}
	if ids = unique(ids); len(ids) == 0 {
		return out, nil
	}
	sums := func(column string, from int) string {
		return `SELECT ` + column + ` AS org, count(*) AS n, CAST(COALESCE(sum(CASE WHEN currency = 'KZT' THEN sum ELSE 0 END), 0) AS BIGINT) AS s
			FROM projects p WHERE ` + column + ` IN ` + db.In(from, len(ids)) + ` AND ` + agreed + ` GROUP BY ` + column
	}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		clear(out)
		type line struct {
			org ref.ID
			OrgTotal
		}
		return db.Each(ctx, tx, func(r db.Row) (l line, err error) {
			err = r.Scan(&l.org, &l.Count, &l.Sum)
			return l, err
		}, func(l line) error {
			out[l.org] = OrgTotal{out[l.org].Count + l.Count, out[l.org].Sum + l.Sum}
			return nil
		}, sums("org_id", 1)+` UNION ALL `+sums("funder_id", 1+len(ids)), db.Args(db.Args(nil, ids), ids)...)
	})
	return out, err
}
