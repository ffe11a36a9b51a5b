// Package funding is the way of money from a need to a signed agreement, by the
// law and in the open.
//
// A call says who pays for what, who may apply, by what it is judged and until
// when; money is bound to its rounds from a pot before anybody applies. A draft of
// a call is seen by the funder's side only. A published call changes only as a new
// revision with a reason, both texts can be read with their difference, and a
// change shortly before the deadline moves it or says why not. In which phase a
// call is is never typed: it follows from its dates, its applications and the
// clock. For the law's kinds of support the norms of the day of publication hold
// to the end; a business or a foundation writes its own terms.
//
// What a funder asks beside what the portal asks of everybody is a form: built without
// code, read as text, in numbered versions that never change. A call names a version,
// and an application keeps the one on which it was written.
//
// An application is written by several people of one organization as a draft that
// nobody else sees and the journal does not know. Handed in before the deadline, by
// the portal's clock, it becomes a numbered snapshot that changes only through one
// return by the funder's side, and is seen by the two sides only. The formal check
// has a clock, and each refusal its reason.
//
// What won becomes an agreement, drafted from the application. Either side changes
// its text with a reason until both agree to the same one; its document is signed
// on paper or with signature files, and with the second signature the project
// begins, in the same transaction and with everything that it owes.
package funding

// Kinds of things of this room, as journal, search and refs name them.
const (
	KindCall     = "call"
	KindRevision = "call_revision"
	// KindRound is a round of a call, on which hangs what is owed and judged in it.
	KindRound       = "call_round"
	KindApplication = "application"
	KindForm        = "form"
	KindFormVersion = "form_version"
	// An agreement, each of its texts, and what a side handed in as its signature.
	KindAgreement        = "agreement"
	KindAgreementVersion = "agreement_version"
	KindSignature        = "agreement_signature"
)
