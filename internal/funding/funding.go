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
package funding

// Kinds of things of this room, as journal, search and refs name them.
const (
	KindCall     = "call"
	KindRevision = "call_revision"
)
