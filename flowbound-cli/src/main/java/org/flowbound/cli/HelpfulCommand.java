package org.flowbound.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** What the help of all commands has in common. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    abbreviateSynopsis = true,
    commandListHeading = "%nCommands:%n",
    parameterListHeading = "%nArguments:%n",
    optionListHeading = "%nOptions:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:internal failure, or an output that cannot be written",
      "2:wrong usage",
      "3:unusable input: a file missing, corrupt or of the wrong shape",
      "4:a certificate or claim was checked and refused",
      "5:a time or node limit was reached before the tolerance",
      "130:interrupted"
    },
    footerHeading = "%nExamples:%n")
abstract class HelpfulCommand implements Callable<Integer> {}
