/**
 * Results for people and for other programs: the report folder, its charts, tables and page.
 *
 * <p>{@link org.flowbound.report.Report} writes everything at once. {@link
 * org.flowbound.report.ComparisonJson}, {@link org.flowbound.report.ComparisonCsv} and {@link
 * org.flowbound.report.ComparisonTable} are the same result as data, as a spreadsheet and for the
 * terminal; {@link org.flowbound.report.Verdict} says what it means.
 */
@NullMarked
package org.flowbound.report;

import org.jspecify.annotations.NullMarked;
