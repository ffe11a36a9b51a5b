package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"birge/internal/platform/problem"
)

// csvSource reads records separated by commas, semicolons or tabs.
type csvSource struct {
	name   string
	limits Limits
	csv    *csv.Reader
	leash  *leash
	line   int // where the last record began
}

func openCSV(name string, r io.ReaderAt, size int64, limits Limits) (source, error) {
	text, err := textReader(name, r, size)
	if err != nil {
		return nil, err
	}
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(text, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, problem.Wrap(err, problem.Invalid, "table.damaged", "name", name)
	}
	head = head[:n]
	l := &leash{r: io.MultiReader(bytes.NewReader(head), text), length: limits.Record}
	return &csvSource{name, limits, csvReader(l, separatorOf(head)), l, 0}, nil
}

func csvReader(r io.Reader, separator rune) *csv.Reader {
	c := csv.NewReader(r)
	c.Comma = separator
	c.FieldsPerRecord = -1
	c.LazyQuotes = true // offices write ТОО "Үміт" without doubling the quotes
	return c
}

// separatorOf is the separator under which the first records agree on the most
// columns.
func separatorOf(head []byte) rune {
	best, bestScore := ',', 0
	for _, sep := range []rune{',', ';', '\t'} {
		if score := separatorScore(head, sep); score > bestScore {
			best, bestScore = sep, score
		}
	}
	return best
}

func separatorScore(head []byte, sep rune) (score int) {
	widths := map[int]int{}
	c := csvReader(bytes.NewReader(head), sep)
	for range leadRows {
		record, err := c.Read()
		if err != nil {
			break
		}
		widths[len(record)]++
	}
	for width, records := range widths {
		score = max(score, (width-1)*records)
	}
	return score
}

func (s *csvSource) next() (Row, error) {
	s.leash.taken = 0
	record, err := s.csv.Read()
	switch {
	case errors.Is(err, io.EOF):
		return Row{}, io.EOF
	case errors.Is(err, errTooLong):
		return Row{}, problem.New(problem.Invalid, "table.row_too_long", "name", s.name, "line", s.line+1)
	case err != nil:
		return Row{}, problem.Wrap(err, problem.Invalid, "table.damaged", "name", s.name)
	case len(record) > s.limits.Columns:
		return Row{}, problem.New(problem.Invalid, "table.too_many_columns", "name", s.name, "most", s.limits.Columns)
	}
	s.line, _ = s.csv.FieldPos(0)
	row := Row{Line: s.line, Cells: record}
	for i, c := range record {
		c = strings.TrimSpace(c)
		if strings.HasPrefix(c, "=") {
			row.reject(i, "table.cell.formula")
			c = ""
		}
		record[i] = unguard(c)
	}
	return row, nil
}

func (s *csvSource) close() error { return nil }

// errTooLong tells that one record or token took more than it may.
var errTooLong = errors.New("table: a record is too long")

// leash ends a reader that is asked for more than length bytes since taken was
// last set to 0: a quote that is never closed would swallow the whole file.
type leash struct {
	r             io.Reader
	taken, length int
}

func (l *leash) Read(p []byte) (int, error) {
	if l.taken > l.length {
		return 0, errTooLong
	}
	n, err := l.r.Read(p)
	l.taken += n
	return n, err
}
