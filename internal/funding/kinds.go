package funding

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
)

// Kinds tells the journal how to read the rows of this room.
func Kinds() []journal.Kind {
	return []journal.Kind{
		{Name: KindCall, Example: Call{}, Rows: journal.RowsOf(scanCall, `SELECT `+callColumns+` FROM calls ORDER BY id`)},
		{Name: KindForm, Example: Form{}, Rows: journal.RowsOf(scanForm, `SELECT `+formColumns+` FROM funding_forms ORDER BY id`)},
		{Name: KindFormVersion, Example: FormVersion{}, Rows: journal.RowsOf(scanFormVersion, `SELECT `+formVersionColumns+` FROM funding_form_versions ORDER BY id`)},
		{Name: KindRevision, Example: Revision{}, Rows: journal.RowsOf(scanRevision, `SELECT `+revisionColumns+` FROM call_revisions ORDER BY id`)},
		{Name: KindDecision, Example: Decision{}, Rows: journal.RowsOf(scanDecision, `SELECT `+decisionColumns+` FROM decisions ORDER BY id`)},
		{Name: KindRuling, Example: Ruling{}, Rows: journal.RowsOf(scanRuling, `SELECT `+rulingColumns+` FROM rulings ORDER BY id`)},
		{Name: KindAppeal, Example: Appeal{}, Rows: journal.RowsOf(scanAppeal, `SELECT `+appealColumns+` FROM decision_appeals ORDER BY id`)},
		{Name: KindBatch, Example: Batch{}, Rows: journal.RowsOf(scanBatch, `SELECT `+batchColumns+` FROM application_batches ORDER BY id`)},
		{Name: KindMessage, Example: Message{}, Rows: journal.RowsOf(scanMessage, `SELECT `+messageColumns+` FROM application_messages ORDER BY id`)},
		{Name: KindApplication, Example: Application{}, Rows: journal.RowsOf(scanApplication, `SELECT `+applicationColumns+` FROM applications ORDER BY id`)},
		{Name: KindWindow, Example: Window{}, Rows: journal.RowsOf(scanWindow, `SELECT `+windowColumns+` FROM topic_windows ORDER BY id`)},
		{Name: KindTopic, Example: Topic{}, Rows: journal.RowsOf(scanTopic, `SELECT `+topicColumns+` FROM topics ORDER BY id`)},
		{Name: KindPot, Example: Pot{}, Rows: journal.RowsOf(scanPot, `SELECT `+potColumns+` FROM pots ORDER BY id`)},
		{Name: KindBinding, Example: Binding{}, Rows: journal.RowsOf(scanBinding, `SELECT `+bindingColumns+` FROM pot_bindings ORDER BY id`)},
		{Name: KindAgreement, Example: Agreement{}, Rows: journal.RowsOf(scanAgreement, `SELECT `+agreementColumns+` FROM agreements ORDER BY id`)},
		{Name: KindAgreementVersion, Example: AgreementVersion{}, Rows: journal.RowsOf(scanAgreementVersion, `SELECT `+agreementVersionColumns+` FROM agreement_versions ORDER BY id`)},
		{Name: KindSignature, Example: Signature{}, Rows: journal.RowsOf(scanSignature, `SELECT `+signatureColumns+` FROM agreement_signatures ORDER BY id`)},
	}
}

// PlacesInUse tells of which places calls, applications, topics, windows and pots
// are.
func PlacesInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	return db.InUse(ctx, tx, ids, `SELECT place_id FROM calls WHERE place_id IN %s`, `SELECT place_id FROM applications WHERE place_id IN %s`,
		`SELECT place_id FROM topics WHERE place_id IN %s`, `SELECT place_id FROM topic_windows WHERE place_id IN %s`, `SELECT place_id FROM pots WHERE place_id IN %s`)
}

// OrgsInUse tells which organizations make calls and build forms, which apply, which ask for topics
// or propose them, and which set money aside.
func OrgsInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	return db.InUse(ctx, tx, ids, `SELECT funder_id FROM calls WHERE funder_id IN %s`, `SELECT owner_id FROM funding_forms WHERE owner_id IN %s`, `SELECT org_id FROM application_drafts WHERE org_id IN %s`,
		`SELECT by_org FROM topics WHERE by_org IN %s`, `SELECT body_id FROM topic_windows WHERE body_id IN %s`, `SELECT funder_id FROM pots WHERE funder_id IN %s`)
}
