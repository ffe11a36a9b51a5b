package funding

import (
	"context"
	"slices"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
)

// Kinds tells the journal how to read the rows of this room.
func Kinds() []journal.Kind {
	return []journal.Kind{
		{Name: KindCall, Example: Call{}, Rows: rowsOf(scanCall, `SELECT `+callColumns+` FROM calls ORDER BY id`)},
		{Name: KindForm, Example: Form{}, Rows: rowsOf(scanForm, `SELECT `+formColumns+` FROM funding_forms ORDER BY id`)},
		{Name: KindFormVersion, Example: FormVersion{}, Rows: rowsOf(scanFormVersion, `SELECT `+formVersionColumns+` FROM funding_form_versions ORDER BY id`)},
		{Name: KindRevision, Example: Revision{}, Rows: rowsOf(scanRevision, `SELECT `+revisionColumns+` FROM call_revisions ORDER BY id`)},
		{Name: KindDecision, Example: Decision{}, Rows: rowsOf(scanDecision, `SELECT `+decisionColumns+` FROM decisions ORDER BY id`)},
		{Name: KindRuling, Example: Ruling{}, Rows: rowsOf(scanRuling, `SELECT `+rulingColumns+` FROM rulings ORDER BY id`)},
		{Name: KindAppeal, Example: Appeal{}, Rows: rowsOf(scanAppeal, `SELECT `+appealColumns+` FROM decision_appeals ORDER BY id`)},
		{Name: KindBatch, Example: Batch{}, Rows: rowsOf(scanBatch, `SELECT `+batchColumns+` FROM application_batches ORDER BY id`)},
		{Name: KindApplication, Example: Application{}, Rows: rowsOf(scanApplication, `SELECT `+applicationColumns+` FROM applications ORDER BY id`)},
		{Name: KindWindow, Example: Window{}, Rows: rowsOf(scanWindow, `SELECT `+windowColumns+` FROM topic_windows ORDER BY id`)},
		{Name: KindTopic, Example: Topic{}, Rows: rowsOf(scanTopic, `SELECT `+topicColumns+` FROM topics ORDER BY id`)},
		{Name: KindPot, Example: Pot{}, Rows: rowsOf(scanPot, `SELECT `+potColumns+` FROM pots ORDER BY id`)},
		{Name: KindBinding, Example: Binding{}, Rows: rowsOf(scanBinding, `SELECT `+bindingColumns+` FROM pot_bindings ORDER BY id`)},
		{Name: KindAgreement, Example: Agreement{}, Rows: rowsOf(scanAgreement, `SELECT `+agreementColumns+` FROM agreements ORDER BY id`)},
		{Name: KindAgreementVersion, Example: AgreementVersion{}, Rows: rowsOf(scanAgreementVersion, `SELECT `+agreementVersionColumns+` FROM agreement_versions ORDER BY id`)},
		{Name: KindSignature, Example: Signature{}, Rows: rowsOf(scanSignature, `SELECT `+signatureColumns+` FROM agreement_signatures ORDER BY id`)},
	}
}

func rowsOf[T journal.Thing](scan func(db.Row) (T, error), query string) func(context.Context, *db.Tx, func(journal.Thing) error) error {
	return func(ctx context.Context, tx *db.Tx, yield func(journal.Thing) error) error {
		return db.Each(ctx, tx, scan, func(v T) error { return yield(v) }, query)
	}
}

// PlacesInUse tells of which places calls, applications, topics, windows and pots
// are.
func PlacesInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	return usedIn(ctx, tx, ids, `SELECT place_id FROM calls WHERE place_id IN %s`, `SELECT place_id FROM applications WHERE place_id IN %s`,
		`SELECT place_id FROM topics WHERE place_id IN %s`, `SELECT place_id FROM topic_windows WHERE place_id IN %s`, `SELECT place_id FROM pots WHERE place_id IN %s`)
}

// OrgsInUse tells which organizations make calls and build forms, which apply, which ask for topics
// or propose them, and which set money aside.
func OrgsInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	return usedIn(ctx, tx, ids, `SELECT funder_id FROM calls WHERE funder_id IN %s`, `SELECT owner_id FROM funding_forms WHERE owner_id IN %s`, `SELECT org_id FROM application_drafts WHERE org_id IN %s`,
		`SELECT by_org FROM topics WHERE by_org IN %s`, `SELECT body_id FROM topic_windows WHERE body_id IN %s`, `SELECT funder_id FROM pots WHERE funder_id IN %s`)
}

// usedIn asks queries, in which %s stands for the ids.
func usedIn(ctx context.Context, tx *db.Tx, ids []ref.ID, queries ...string) (map[ref.ID]bool, error) {
	used := map[ref.ID]bool{}
	for part := range slices.Chunk(ids, 300) {
		query := strings.ReplaceAll(strings.Join(queries, " UNION "), "%s", db.In(1, len(part)))
		some, err := db.All(ctx, tx, db.Value[ref.ID], query, db.Args(nil, part)...)
		if err != nil {
			return nil, err
		}
		for _, id := range some {
			used[id] = true
		}
	}
	return used, nil
}
