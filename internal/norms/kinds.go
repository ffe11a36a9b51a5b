package norms

import (
	"birge/internal/platform/journal"
)

// Kinds are the things of this room that the journal tells about.
func Kinds() []journal.Kind {
	return []journal.Kind{
		{Name: "norm", Example: Norm{}, Rows: journal.RowsOf(scanNorm, `SELECT `+normColumns+` FROM norms ORDER BY id`)},
		{Name: "norm_term", Example: Term{}, Rows: journal.RowsOf(scanTerm, `SELECT `+termColumns+` FROM norm_terms ORDER BY id`)},
		{Name: "norm_day", Example: Day{}, Rows: journal.RowsOf(scanDay, `SELECT `+dayColumns+` FROM norm_days ORDER BY id`)},
		{Name: "norm_year", Example: Year{}, Rows: journal.RowsOf(scanYear, `SELECT id, version, year, law, law_url FROM norm_years ORDER BY id`)},
		{Name: "norm_proposal", Example: Proposal{}, Rows: journal.RowsOf(scanProposal, `SELECT `+proposalColumns+` FROM norm_proposals ORDER BY id`)},
	}
}
