/**
 * Line charts as static SVG.
 *
 * <p>A {@link org.flowbound.report.chart.LineChart} says what is shown, {@link
 * org.flowbound.report.chart.SvgChart} draws it. Colours are Okabe and Ito's, which colour-blind
 * readers tell apart; every series has a marker of its own as well, so colour is never the only
 * signal. Text stays text, and every mark carries its values as a tooltip.
 */
@NullMarked
package org.flowbound.report.chart;

import org.jspecify.annotations.NullMarked;
