// Package forms holds forms that people write without code: sections of questions
// with types, conditions, limits and languages.
//
// A form is a text, and the text is the form: whoever reads it knows what will be
// asked, two versions are compared line by line, and Parse of what String printed is
// the same form.
//
//	# about
//	kk: Жоба туралы
//	ru: О проекте
//	en: About the project
//
//	goal: paragraph, required, 150 words, in kk ru
//	kk: Жобаның мақсаты қандай?
//	ru: Какова цель проекта?
//	en: What is the goal of the project?
//	hint ru: Одно-два предложения.
//
//	kind: choice, required
//	ru: Вид проекта
//	- festival | Фестиваль | Фестиваль | Festival
//	- course | Курс | Курс | Course
//
//	stage: yes_no
//	ru: Нужна ли сцена?
//	if: kind == "festival"
//
//	costs: table, from 1 to 10
//	ru: На что
//	+ what: text | Не | Что | What
//	+ sum: money | Сомасы | Сумма | Sum
//
// What holds of every form:
//   - A block is a section ("# code") or a question ("code: type, …"); blocks are
//     parted by empty lines; a longer text goes on in lines that begin with two spaces.
//   - A condition speaks of what the portal knows and of questions that stand before,
//     so conditions never run in a circle.
//   - A question that is not asked needs no answer, and an answer given to it before
//     is dropped.
package forms

import (
	"slices"

	"birge/internal/platform/i18n"
	"birge/internal/platform/rules"
)

// The bounds of a form.
const (
	MaxBytes     = 200_000
	MaxSections  = 50
	MaxQuestions = 300
	MaxOptions   = 100
	MaxColumns   = 12
	MaxRows      = 50    // of a table
	MaxFiles     = 20    // of a question
	maxTitle     = 500   // characters in a language
	maxHint      = 2_000 // characters in a language
	maxText      = 500   // characters of an answer of one line
	maxParagraph = 20_000
)

// Type is what a question asks for.
type Type string

// The types of questions.
const (
	Text      Type = "text"      // one line
	Paragraph Type = "paragraph" // several lines
	Number    Type = "number"    // a decimal number
	Money     Type = "money"     // a sum in tenge
	Date      Type = "date"      // a day
	YesNo     Type = "yes_no"    // yes or no
	Choice    Type = "choice"    // one of the options
	Choices   Type = "choices"   // some of the options
	File      Type = "file"      // files
	Table     Type = "table"     // rows of columns; numbers and sums are added up
	Statement Type = "statement" // a sentence that must be agreed to
)

// Types lists the types in the order in which they are offered.
var Types = []Type{Text, Paragraph, Number, Money, Date, YesNo, Choice, Choices, File, Table, Statement}

// Kind is a class of files that a question takes.
type Kind string

// The classes of files.
const (
	Documents Kind = "documents"
	Pictures  Kind = "pictures"
	Tables    Kind = "tables"
)

// Kinds lists the classes of files.
var Kinds = []Kind{Documents, Pictures, Tables}

// Form is what is asked, in order.
type Form struct {
	Sections []Section
}

// Section is a part of a form with a heading.
type Section struct {
	Code  string
	Title i18n.Text
	Hint  i18n.Text
	// If is the rule when the section is asked; empty is always.
	If        string
	Questions []Question
}

// Question is one question.
type Question struct {
	Code  string
	Type  Type
	Title i18n.Text
	Hint  i18n.Text
	// Required tells that the question, when it is asked, must be answered.
	Required bool
	// If is the rule when the question is asked; empty is always.
	If string
	// Words and Chars are the most that a Text or Paragraph takes, in each of its
	// languages; 0 is the usual bound.
	Words, Chars int
	// Min and Max are the bounds of the answer as text: of a Number, of a Money in
	// tenge, of a Date; of the number of Choices, of files, of rows. Empty is none.
	Min, Max string
	Options  []Option
	Columns  []Column
	// Languages are those in which a Text or Paragraph is to be answered; none means
	// the one that the applicant likes.
	Languages []i18n.Lang
	// Blind hides the answer from experts when the call is blind: it may tell who applies.
	Blind bool
	// Files are the classes that a File takes; none means documents.
	Files []Kind
}

// Option is one of the answers to choose from.
type Option struct {
	Code  string
	Title i18n.Text
}

// Column is a column of a Table: of Text, Number or Money.
type Column struct {
	Code  string
	Type  Type
	Title i18n.Text
}

// Question finds a question by its code.
func (f Form) Question(code string) (Question, bool) {
	for _, s := range f.Sections {
		for _, q := range s.Questions {
			if q.Code == code {
				return q, true
			}
		}
	}
	return Question{}, false
}

// Questions are the questions of all sections in order.
func (f Form) Questions() []Question {
	var out []Question
	for _, s := range f.Sections {
		out = append(out, s.Questions...)
	}
	return out
}

// Var is the question as a variable of conditions that stand after it.
func (q Question) Var() rules.Var {
	v := rules.Var{Name: q.Code, Label: q.Title, Type: rules.Text}
	switch q.Type {
	case Number, File, Table:
		v.Type = rules.Number // how many files, how many rows
	case Money:
		v.Type = rules.Money
	case Date:
		v.Type = rules.Date
	case YesNo, Statement:
		v.Type = rules.Bool
	case Choices:
		v.Type = rules.List
	}
	for _, o := range q.Options {
		v.Codes = append(v.Codes, rules.Code{Code: o.Code, Label: o.Title})
	}
	return v
}

// EnvBefore are the variables that a condition of the section or question may speak
// of: what the portal knows, and the questions that stand before it.
func (f Form) EnvBefore(code string, env rules.Env) rules.Env {
	out := slices.Clone(env)
	for _, s := range f.Sections {
		if s.Code == code {
			return out
		}
		for _, q := range s.Questions {
			if q.Code == code {
				return out
			}
			out = append(out, q.Var())
		}
	}
	return out
}

// asks tells the types of a question with one line or several of free text.
func (t Type) written() bool { return t == Text || t == Paragraph }

// chosen tells the types of a question with options.
func (t Type) chosen() bool { return t == Choice || t == Choices }

// counted tells the types whose bounds count something: ticks, files, rows.
func (t Type) counted() bool { return t == Choices || t == File || t == Table }
